"""Tables of the engine. Nothing but `engine.py` writes `Matter`, `Entry`, `EntryBody` and `Sight`.

Triggers refuse other hands.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tertib.government.models import Calendar, Post, Security, Unit
from tertib.ground.ids import new_id
from tertib.ground.time import now


class Urgency(models.IntegerChoices):
    """How fast a matter is wanted (kecepatan). Its allowance on the clock is reference data of the room."""

    BIASA = 0, _("Ordinary speed")
    SEGERA = 1, _("Urgent")
    SANGAT_SEGERA = 2, _("Very urgent")


class Procedure(models.Model):
    """One version of a procedure. Rows are never changed: a matter keeps the version it began with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    # JSON text, not jsonb: the order of states and actions is the order in which people are shown them.
    definition = models.TextField()
    # Whether it came with the program, or an administrator published it here.
    shipped = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ("key", "-version")
        constraints = [
            models.UniqueConstraint(fields=("key", "version"), name="procedure_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Matter(models.Model):
    """Where a matter stands now: what its entries add up to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="+")
    state = models.CharField(max_length=40)
    title = models.CharField(max_length=500)
    # The unit in whose house the matter was opened; its calendar and registers apply.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    opener = models.ForeignKey(Post, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Post, models.PROTECT, null=True, related_name="matters")
    holder_since = models.DateTimeField(null=True)
    # Root first, parent last; empty for a root.
    ancestors = ArrayField(models.UUIDField(), default=list)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    security = models.PositiveSmallIntegerField(choices=Security.choices)
    urgency = models.PositiveSmallIntegerField(choices=Urgency.choices)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # The clock's events since the opening, as `clock.replay` reads them.
    clock = models.JSONField(default=list)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="+")
    # Number of the last entry, its hash, and the number of the last entry that moved the matter (reading one does not).
    version = models.PositiveIntegerField()
    moved = models.PositiveIntegerField()
    head = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, holder__isnull=False)
                | Q(closed_at__isnull=False, holder__isnull=True),
                name="open_has_one_holder_closed_has_none",
            ),
            models.CheckConstraint(condition=Q(moved__lte=F("version")), name="moved_within_version"),
        ]
        indexes = [
            models.Index(
                fields=("holder", "due_at", "id"),
                include=("security", "procedure", "holder_since"),
                condition=Q(closed_at__isnull=True),
                name="matter_desk",
            ),
            models.Index("parent", condition=Q(parent__isnull=False), name="matter_parent"),
            GinIndex(fields=("ancestors",), name="matter_ancestors"),
            models.Index(
                fields=("due_at", "id"),
                include=("holder", "security"),
                condition=Q(closed_at__isnull=True),
                name="matter_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """One line of the record. Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE."""

    seq = models.BigAutoField(primary_key=True)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="entries", db_index=False)
    n = models.PositiveIntegerField()
    at = models.DateTimeField()
    commitment = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    # `tx xid8 DEFAULT pg_current_xact_id()` is added by a migration: the sequencer reads it, Django never does.

    class Meta:
        constraints = [models.UniqueConstraint(fields=("matter", "n"), name="entry_number_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} · {self.n}"


class EntryBody(models.Model):
    """What an entry says. An erasure order may empty it, once, naming the order; nothing else may touch it."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="body")
    salt = models.BinaryField(null=True)
    body = models.JSONField(null=True)
    erased_at = models.DateTimeField(null=True)
    erased_by_order = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return str(self.entry_id)


class Reason(models.IntegerChoices):
    """Why a key may see a matter."""

    HOLDER = 1, _("holds it or held it")
    OPENER = 2, _("opened it")
    UNIT = 3, _("it lies or lay in this unit")
    GOVERNMENT = 4, _("oversight of the whole government")
    DISPOSED = 5, _("was given a part of it")
    UNIT_DISPOSED = 6, _("a part of it lies or lay in this unit")
    ABOVE = 7, _("sees the matter it comes from")
    PARTICIPANT = 8, _("takes part in it")
    COPY = 9, _("was sent a copy")


class Sight(models.Model):
    """A key (post, unit, or the whole government) may see a matter, and why.

    The primary key is the reading order of lists.
    """

    pk = models.CompositePrimaryKey("viewer", "matter", "reason")
    viewer = models.UUIDField()
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="sights")
    reason = models.PositiveSmallIntegerField(choices=Reason.choices)
    security = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=("viewer", "matter"), condition=Q(security__gt=0), name="sight_secret")]

    def __str__(self) -> str:
        return f"{self.viewer} → {self.matter_id}"


class Link(models.Model):
    """Two matters belong together: `source` replies to, follows up, is attached to, or was delivered from `target`."""

    class Kind(models.TextChoices):
        REPLY_TO = "reply_to", _("replies to")
        FOLLOWS_UP = "follows_up", _("follows up")
        ATTACHED_TO = "attached_to", _("is attached to")
        DELIVERED_FROM = "delivered_from", _("was delivered from")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.ForeignKey(Matter, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Matter, models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=16, choices=Kind.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("source", "target", "kind"), name="link_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="link_joins_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Register(models.Model):
    """A book that gives numbers, one series a year."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=40)
    pattern = models.CharField(_("pattern"), max_length=120, default="{n}")

    class Meta:
        ordering = ("unit", "kind")
        constraints = [models.UniqueConstraint(fields=("unit", "kind"), name="register_once")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.unit}"


class RegisterYear(models.Model):
    """The last number given in a year. Its row lock is what makes numbers gapless.

    Numbers up to `imported_to` come from an agenda book that was imported: where that book has a gap, so has the
    register. Every number above it was given here, without gaps.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey(Register, models.PROTECT, related_name="years")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    imported_to = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("register", "year"), name="register_year_once"),
            models.CheckConstraint(condition=Q(imported_to__lte=F("last")), name="imported_numbers_within_last"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.year}: {self.last}"


class Number(models.Model):
    """A number that was given. Given once; cancelled with a reason, never used again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    register = models.ForeignKey(Register, models.PROTECT, related_name="numbers")
    year = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()
    text = models.CharField(max_length=160)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="numbers")
    given_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("register", "year", "n")
        constraints = [
            models.UniqueConstraint(fields=("register", "year", "n"), name="number_once"),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancel_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
                name="cancelled_number_says_why",
            ),
        ]
        indexes = [models.Index(fields=("matter",), condition=Q(cancelled_at__isnull=False), name="number_cancelled")]

    def __str__(self) -> str:
        return self.text


class Sealed(models.Model):
    """The place of an entry in the government's order: dense from 0, given once.

    The Merkle log takes its leaves in this order.
    """

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="sealed")

    def __str__(self) -> str:
        return str(self.position)


class Follower(models.Model):
    """How far a follower has read: it has handled every position below this one."""

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.position}"
