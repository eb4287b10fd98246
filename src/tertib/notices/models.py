"""What somebody is told of, by which way, and what has been sent. Rows, not words: what a notice says is read from the
record when it is shown, so that nothing is told of a matter that its reader may not see by then.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tertib.government.models import Person, Post
from tertib.ground.ids import new_id
from tertib.matters.models import Matter


class Kind(models.TextChoices):
    """What a notice is about, in the order in which people are asked for their wishes."""

    ARRIVED = "arrived", _("Something arrives on my desk")
    ASKED = "asked", _("An explanation is asked of me")
    ANSWERED = "answered", _("A part I gave is answered")
    RETURNED = "returned", _("Something comes back to me undone")
    SIGNED = "signed", _("My draft is signed")
    DELIVERED = "delivered", _("A delivery is confirmed or refused")
    WITHDRAWN = "withdrawn", _("Something is taken from my desk")
    DUE_SOON = "due_soon", _("Something is due soon")
    OVERDUE = "overdue", _("Something is overdue")
    REMINDER = "reminder", _("A leader reminds me")


class Notice(models.Model):
    """A person is told of a matter: of an entry of its record, or that it is due."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    urgency = models.PositiveSmallIntegerField()
    # The post for which the person is told; who fills it may change before it is read.
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    # The place of the entry in the order of the record; empty where the clock speaks.
    position = models.BigIntegerField(null=True)
    # Which due date a notice of the clock is about: when it moves, there is another one.
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "position"), condition=Q(position__isnull=False), name="notice_once_an_entry"
            ),
            models.UniqueConstraint(
                fields=("matter", "kind", "due_at", "person"), condition=Q(due_at__isnull=False),
                name="notice_once_a_due_date",
            ),
            models.CheckConstraint(
                condition=Q(position__isnull=True) ^ Q(due_at__isnull=True), name="notice_of_entry_or_clock"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=("person", "-id"), name="notice_list"),
            models.Index(fields=("person", "-id"), condition=Q(read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.matter_id}"


class Wishes(models.Model):
    """How a person wants to be told. Only what differs from the usual (`wishes.usual`) is kept."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    # {"arrived.0": "digest"}: kind and urgency, and one of `wishes.WAYS`.
    ways = models.JSONField(default=dict)
    # All e-mail at once and the digest: what the link in an e-mail turns off.
    mail = models.BooleanField(default=True)
    digest = models.BooleanField(default=True)
    digest_at = models.TimeField(null=True)
    quiet = models.BooleanField(default=True)
    # What is very urgent may come outside of working hours.
    urgent_always = models.BooleanField(default=False)
    # An address that a mail server refused for good, and what it said. Another address begins anew.
    refused_address = models.EmailField(blank=True, default="")
    refused_why = models.CharField(max_length=300, blank=True, default="")
    refused_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.person_id)


class Browser(models.Model):
    """A browser that takes pushed notices (RFC 8030): where to send them, and its keys (RFC 8291)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.BinaryField(max_length=65)
    auth = models.BinaryField(max_length=16)
    name = models.CharField(max_length=120, blank=True, default="")
    # How often in a row it could not be reached.
    failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name


class Sending(models.Model):
    """Something to be sent, until it is sent or given up. Its id is in the Message-ID, which stays when it is sent
    again.
    """

    class Way(models.TextChoices):
        MAIL = "mail"
        DIGEST = "digest"
        PUSH = "push"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENT = "sent"
        # Not needed any more.
        DROPPED = "dropped"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    way = models.CharField(max_length=8, choices=Way.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="+")
    # The working day of a digest.
    day = models.DateField(null=True)
    made_at = models.DateTimeField()
    # Not before this moment. Whoever sends it puts this ahead first, so that it is free again if they die.
    after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("notice", "way"), condition=Q(notice__isnull=False), name="sent_once_a_way"
            ),
            models.UniqueConstraint(fields=("person", "day"), condition=Q(day__isnull=False), name="one_digest_a_day"),
        ]
        indexes = [
            models.Index("after", condition=Q(state="waiting"), name="sending_waiting"),
            models.Index("person", "way", "done_at", name="sending_pace"),
        ]

    def __str__(self) -> str:
        return f"{self.way} · {self.state}"
