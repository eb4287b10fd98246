"""Papers of a matter and every version they ever had. The bytes lie in the blob store under their SHA-256."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tertib.government.models import Unit
from tertib.ground.ids import new_id
from tertib.matters.models import Matter


class PaperKind(models.TextChoices):
    SCAN = "scan", _("Scan of the letter")
    LETTER = "letter", _("Letter")
    ATTACHMENT = "attachment", _("Attachment")
    REPORT = "report", _("Report")
    DELIVERY_NOTE = "delivery_note", _("Delivery note")
    RECEIPT = "receipt", _("Proof of arrival")


class Paper(models.Model):
    """A paper: what it is and to which matter it belongs."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=16, choices=PaperKind.choices)
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.title


class PaperVersion(models.Model):
    """One version of a paper. Never changed; `source` is what a typeset paper was made from, `number` counts from 1."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    pages = models.PositiveIntegerField()
    # Of the first page, so that a page can keep its place before the picture is there; unknown of older ones.
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=130)
    source = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)
    # The place of a PAdES signature: when the file was signed, and the certificate's fingerprint. Empty until signing
    # arrives.
    signature = models.JSONField(null=True)

    class Meta:
        ordering = ("paper", "number")
        constraints = [models.UniqueConstraint(fields=("paper", "number"), name="paper_version_once")]

    def __str__(self) -> str:
        return f"{self.name} v{self.number}"


class Head(models.Model):
    """What stands in the head of a unit's papers beside its name and address."""

    unit = models.OneToOneField(Unit, models.PROTECT, primary_key=True, related_name="+")
    contact = models.CharField(max_length=240, blank=True)
    # The town that stands before the date.
    place = models.CharField(max_length=60, blank=True)
    # A small PNG, as `heads.fit_arms` makes it.
    arms = models.BinaryField(null=True)

    def __str__(self) -> str:
        return str(self.unit_id)
