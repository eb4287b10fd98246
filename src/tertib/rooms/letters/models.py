"""Letters: what a matter of this room says and where it goes.

The flow is in the procedures, the place and time in the matter.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from tertib.government.models import Person, Post, Unit
from tertib.ground.ids import new_id
from tertib.matters.models import Matter, Number, Urgency
from tertib.rooms.letters.folding import Folded


class Direction(models.TextChoices):
    IN = "in", _("incoming")
    OUT = "out", _("outgoing")


class Party(models.TextChoices):
    """Who writes or receives."""

    UNIT = "unit", _("a unit of this government")
    GOVERNMENT = "government", _("another government")
    BODY = "body", _("an outside body")
    CITIZEN = "citizen", _("a citizen")


# Who gets a letter as paper.
OUTSIDE = (Party.BODY, Party.CITIZEN)


class LetterKind(models.TextChoices):
    """Kinds of official papers that can be drafted (Permendagri 1/2023; RULES §5)."""

    SURAT_DINAS = "surat_dinas", _("Official letter")
    NOTA_DINAS = "nota_dinas", _("Official note")
    UNDANGAN = "undangan", _("Invitation")
    SURAT_PERINTAH = "surat_perintah", _("Order")


class Instruction(models.TextChoices):
    """The standard phrases of a disposition."""

    RESPOND = "tanggapan_saran", _("Give your response and advice")
    PROCEED = "proses_lanjut", _("Process further")
    COORDINATE = "koordinasi", _("Coordinate and confirm")
    EXAMINE = "teliti", _("Examine and give your opinion")
    PREPARE = "siapkan_jawaban", _("Prepare the answer")
    ATTEND = "hadiri", _("Attend")
    REPORT = "laporkan", _("Report the result")
    FILE = "arsipkan", _("File it")
    INFORM = "untuk_diketahui", _("For your information")


class Letter(models.Model):
    """A letter that came in or goes out. Secrecy and urgency are the matter's."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="letter")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=20, choices=LetterKind.choices, default=LetterKind.SURAT_DINAS)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    agenda = models.OneToOneField(Number, models.PROTECT, null=True, related_name="+")
    # The number the letter bears: the sender's for what came in, ours for what goes out.
    number = models.CharField(_("number"), max_length=120, blank=True)
    letter_date = models.DateField(_("date of the letter"), null=True)
    received_on = models.DateField(_("received on"), null=True)
    sender_kind = models.CharField(max_length=10, choices=Party.choices, default=Party.UNIT)
    sender_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    sender_government = models.CharField(max_length=63, blank=True)
    sender_name = models.CharField(_("sender"), max_length=200, blank=True)
    sender_address = models.CharField(_("address"), max_length=300, blank=True)
    # Whom another government wrote to, where that is not this government as a whole: the letter arrives all the same
    # at the head, and the desk it arrives on must learn whose it is.
    addressee = models.CharField(_("addressee"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=500)
    summary = models.TextField(_("summary"), blank=True)
    classification = models.CharField(_("classification"), max_length=20, blank=True)
    # The delivery this letter came by: a second delivery of the same one is refused here.
    delivery_key = models.UUIDField(null=True, unique=True)
    imported_at = models.DateTimeField(null=True)
    imported_from = models.CharField(max_length=200, blank=True)

    @property
    def house(self) -> str:
        """Whose agenda book it stands in, in few letters; `unit` must have been read with it."""
        return self.unit.short_name or self.unit.name

    class Meta:
        indexes = [
            # Registration looks among what the house registered before: by the beginning of a sender or a subject (in
            # the order of bytes, which a prefix needs), and for the same number of the same sender.
            models.Index(
                "unit", Collate(Folded("sender_name"), "C"), F("matter").desc(),
                name="letter_senders", condition=Q(direction="in"),
            ),
            models.Index(
                "unit", Collate(Folded("subject"), "C"), F("matter").desc(),
                name="letter_subjects", condition=Q(direction="in"),
            ),
            models.Index(
                "unit", Folded("number"), Folded("sender_name"), name="letter_twins",
                condition=Q(direction="in") & ~Q(number=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.subject


class Sought(models.Model):
    """What a letter is found by, in one narrow row. Triggers keep it; nothing of ours writes it.

    `words` holds every word of subject, numbers, sender, addressee, recipients and summary as it stands, and its
    Indonesian stem; `day` is the day it came in or was signed.
    """

    matter = models.OneToOneField(Letter, models.PROTECT, primary_key=True, related_name="sought")
    direction = models.CharField(max_length=3)
    unit_id = models.UUIDField()
    day = models.DateField(null=True)
    words = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=("words",), name="sought_words"),
            models.Index("unit_id", "direction", F("matter").desc(), name="sought_book"),
            models.Index(F("day").desc(), F("matter").desc(), name="sought_day"),
        ]

    def __str__(self) -> str:
        return str(self.matter_id)


class SavedSearch(models.Model):
    """A search that somebody wants to come back to, by a name of their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    # The address after the question mark.
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=("person", "name"), name="saved_search_once")]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """An outgoing letter in the making: its fields, who reviews in which order, who signs."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="draft")
    fields = models.JSONField(default=dict)
    signer = models.ForeignKey(Post, models.PROTECT, related_name="+")
    reviewers = ArrayField(models.UUIDField(), default=list)
    # How many of the reviewers have put their initials (paraf) under this version.
    reviewed = models.PositiveSmallIntegerField(default=0)
    number = models.OneToOneField(Number, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    # The number of the entry that wrote this version; whoever remarks on it names what they have read.
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.matter_id)


class WorkingCopy(models.Model):
    """What somebody has typed and not made a version of: kept every few seconds, and no entry of the record.

    A draft has one that goes on; what lost a race with it is set aside and stays until somebody decides. Without a
    matter it is a letter that is not begun yet, its writer's alone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # The form as it was typed: name of the field, values.
    typed = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    set_aside = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("matter",), condition=Q(set_aside=False, matter__isnull=False), name="working_copy_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Pen(models.Model):
    """Who is writing in a draft, in which window. It lapses when the window says nothing for a while."""

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    # As what they fill the post: a deputy's pen is called so.
    capacity = models.CharField(max_length=12, blank=True)
    window = models.CharField(max_length=40, blank=True)
    taken_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.matter_id)


class Recipient(models.Model):
    """Somebody an outgoing letter is addressed to, and how far the delivery has come."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting for dispatch")
        SENT = "sent", _("on its way")
        DELIVERED = "delivered", _("delivered")
        REFUSED = "refused", _("could not be delivered")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="recipients")
    kind = models.CharField(max_length=10, choices=Party.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    government = models.CharField(max_length=63, blank=True)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    is_copy = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    # What the other side answered: its agenda number, or why it could not take the letter.
    receipt = models.JSONField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("is_copy", "id")
        indexes = [models.Index("id", condition=Q(status="sent"), name="recipient_on_its_way")]

    def __str__(self) -> str:
        return self.name

    @property
    def unconfirmed(self) -> bool:
        """Whether it left the house as paper, and nobody has recorded that it arrived."""
        return self.kind in OUTSIDE and self.status == self.Status.SENT


class Disposition(models.Model):
    """What a leader asked of one recipient. The child matter carries the clock and the answer."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("open")
        REPORTED = "reported", _("answered")
        RETURNED = "returned", _("returned")
        RECALLED = "recalled", _("recalled")

    matter = models.OneToOneField(Matter, models.PROTECT, primary_key=True, related_name="disposition")
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="dispositions")
    giver = models.ForeignKey(Post, models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Post, models.PROTECT, related_name="+")
    instructions = ArrayField(models.CharField(max_length=20, choices=Instruction.choices), default=list)
    note = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    answer = models.TextField(blank=True)
    # A returned disposition that has been given to somebody else since no longer asks for a decision.
    handled = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.matter_id)


class UrgencyRule(models.Model):
    """How much time an urgency allows, from a date on. Reference data.

    Decrees change it, and a government may correct it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices)
    allowance = models.CharField(_("allowance"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ("urgency", "-valid_from")
        constraints = [models.UniqueConstraint(fields=("urgency", "valid_from"), name="urgency_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_urgency_display()}: {self.allowance}"
