"""Units, posts, people, appointments, deputies, roles and calendars: who sits where, and when they work.

A *post* (jabatan) is a seat; a *person* fills it by appointment. Matters lie with posts, never with people.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from tertib.government.fields import HASH_LENGTH
from tertib.ground.ids import new_id


class Security(models.IntegerChoices):
    """Secrecy of a matter, and clearance of a post (PermenPAN-RB and ANRI use the same four steps)."""

    BIASA = 0, _("Ordinary")
    TERBATAS = 1, _("Restricted")
    RAHASIA = 2, _("Secret")
    SANGAT_RAHASIA = 3, _("Top secret")


class UnitKind(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    LEADERSHIP = "leadership", _("Leadership")
    SECRETARIAT = "secretariat", _("Secretariat")
    ASSISTANT = "assistant", _("Assistant")
    AGENCY = "agency", _("Agency")
    DIVISION = "division", _("Division")
    SECTION = "section", _("Section")
    KECAMATAN = "kecamatan", _("District (kecamatan)")
    KELURAHAN = "kelurahan", _("Ward (kelurahan)")
    DESA = "desa", _("Village (desa)")
    TASK_FORCE = "task_force", _("Task force")


# Units that keep no registry of their own: their letters pass through the house they belong to.
ROOMS_OF_A_HOUSE = (UnitKind.ASSISTANT, UnitKind.DIVISION, UnitKind.SECTION)


class Calendar(models.Model):
    """A working calendar: the usual week. `CalendarChange` holds everything that departs from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Jakarta")
    # Seven lists of ["07:30", "12:00"], Monday first.
    weekly = models.JSONField(_("weekly hours"))
    # Raised at each change of the calendar, so that a process knows when to read it again.
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class CalendarChange(models.Model):
    """A dated departure from the usual week, with the moment it was decreed. Never edited: a later decree prevails, and
    one that was entered wrongly is withdrawn, once, with the reason. A trigger refuses anything else.
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("National holiday")
        LOCAL = "local", _("Local holiday")
        JOINT_LEAVE = "joint_leave", _("Joint leave")
        WORKDAY = "workday", _("Extra working day")
        HOURS = "hours", _("Other hours")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="changes")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    # Seven lists as in Calendar.weekly, for `hours` and `workday`.
    weekly = models.JSONField(_("weekly hours"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    decree = models.CharField(_("decree"), max_length=200, blank=True)
    decreed_at = models.DateTimeField(_("decreed at"))
    # Until then it counted: due dates that were computed before are computed again with it.
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=500, blank=True, default="", db_default="")

    class Meta:
        ordering = ("starts_on", "decreed_at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="change_ends_after_start"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""),
                name="withdrawn_change_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.starts_on})"


class Unit(models.Model):
    """An organisational unit. `lineage` is its own id and those of all units above, the nearest first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    lineage = ArrayField(models.UUIDField(), default=list, editable=False)
    # The key by which the registry of this unit sees what lies in its house, but not in the houses below.
    registry = models.UUIDField(default=new_id, unique=True, editable=False)
    letter_code = models.CharField(_("letter code"), max_length=30, blank=True)
    area_code = models.CharField(_("area code"), max_length=13, blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    calendar = models.ForeignKey(Calendar, models.PROTECT, null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=("parent",),
                condition=Q(parent__isnull=True),
                nulls_distinct=False,
                name="one_root_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A seat. Always exactly one holds an open matter; people come and go."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    is_head = models.BooleanField(_("heads its unit"), default=False)
    superior = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="subordinates")
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    clearance = models.PositiveSmallIntegerField(_("clearance"), choices=Security.choices, default=Security.BIASA)
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.UniqueConstraint(
                fields=("unit",), condition=Q(is_head=True, abolished_on__isnull=True), name="one_head_a_unit"
            ),
            models.CheckConstraint(condition=~Q(superior=F("id")), name="post_is_not_its_own_superior"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(username__iexact=username)


class Person(AbstractBaseUser):
    """Someone who works here, and their account. NIP and NIK lie encrypted; a keyed hash finds them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(_("user name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    nip_cipher = models.BinaryField(null=True, editable=False)
    nip_hash = models.BinaryField(max_length=HASH_LENGTH, null=True, unique=True, editable=False)
    nik_cipher = models.BinaryField(null=True, editable=False)
    nik_hash = models.BinaryField(max_length=HASH_LENGTH, null=True, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=5, default="id")
    # Single letters as keys; who speaks to their computer switches them off.
    letter_keys = models.BooleanField(default=True, db_default=True)
    is_active = models.BooleanField(_("active"), default=True)
    # Demo people are signed in by one click; nobody else ever is.
    is_sample = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    # Tertib has roles of posts, not Django's permissions; its admin site is not installed.
    is_staff = False
    is_superuser = False

    class Meta:
        ordering = ("name", "id")
        verbose_name = _("person")

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name


class Structure(models.Model):
    """One row: a number that triggers raise with every change of units, posts and calendars."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.version)


class UuidRange(Func):
    """`uuidrange(id, id, '[]')`: lets a plain GiST index compare ids for equality beside date ranges."""

    function = "uuidrange"
    output_field = DateRangeField()


def _one_at_a_time(name: str, condition: Q | None, **extra: Any) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[
            (UuidRange("post", "post", Value("[]")), RangeOperators.OVERLAPS),
            (
                Func(
                    F("starts_on"),
                    F("ends_on"),
                    Value("[]"),
                    function="daterange",
                    output_field=DateRangeField(),
                ),
                RangeOperators.OVERLAPS,
            ),
        ],
        condition=condition,
        **extra,
    )


class Appointment(models.Model):
    """A person fills a post for a time: definitive, or acting (Plt while vacant, Plh while the holder is away)."""

    class Kind(models.TextChoices):
        DEFINITIVE = "definitive", _("definitive")
        PLT = "plt", _("Plt.")
        PLH = "plh", _("Plh.")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    decree = models.CharField(_("decree"), max_length=120, blank=True)

    class Meta:
        ordering = ("post", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="appointment_ends_after_start",
            ),
            _one_at_a_time("one_definitive_holder_at_a_time", Q(kind="definitive")),
            _one_at_a_time("one_acting_holder_at_a_time", ~Q(kind="definitive")),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class Deputy(models.Model):
    """A person stands in for a post during an absence. The matter stays with the seat; the record names the deputy.

    They stand in for somebody, not for a vacancy: it counts only while the principal fills the post.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, models.PROTECT, related_name="deputies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="deputyships")
    # Who is away. Empty only in rows of an earlier build, for posts that nobody filled; those never count.
    principal = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=160, blank=True)

    class Meta:
        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="deputy_ends_after_start"),
            _one_at_a_time("one_deputy_at_a_time", None),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.post}"


class RoleGrant(models.Model):
    """A role that a post carries for a unit and all units below it."""

    class Role(models.TextChoices):
        REGISTRAR = "registrar", _("Registrar (agendaris)")
        ARCHIVIST = "archivist", _("Archivist")
        ADMINISTRATOR = "administrator", _("Administrator")
        AUDITOR = "auditor", _("Auditor")
        REVIEWER = "reviewer", _("Reviewer")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("role",)
        constraints = [models.UniqueConstraint(fields=("post", "role", "unit"), name="role_once")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"


class ApiToken(models.Model):
    """A key with which a program acts as a person. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.BinaryField(max_length=HASH_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name


class AdminEntry(models.Model):
    """What an administrator changed: written in the same transaction, append-only by a trigger."""

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    person = models.UUIDField(null=True)
    what = models.CharField(max_length=40)
    object_id = models.UUIDField()
    body = models.JSONField()

    class Meta:
        ordering = ("-seq",)

    def __str__(self) -> str:
        return f"{self.what} {self.object_id}"
