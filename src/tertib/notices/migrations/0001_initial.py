"""Notices, how people want to be told, and what is to be sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tertib.ground.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("government", "0004_deputy_principal"),
        ("matters", "0004_procedures_watched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Wishes",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("ways", models.JSONField(default=dict)),
                ("mail", models.BooleanField(default=True)),
                ("digest", models.BooleanField(default=True)),
                ("digest_at", models.TimeField(null=True)),
                ("quiet", models.BooleanField(default=True)),
                ("urgent_always", models.BooleanField(default=False)),
                ("refused_address", models.EmailField(blank=True, default="", max_length=254)),
                ("refused_why", models.CharField(blank=True, default="", max_length=300)),
                ("refused_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Browser",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tertib.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("endpoint", models.CharField(max_length=1000, unique=True)),
                ("p256dh", models.BinaryField(max_length=65)),
                ("auth", models.BinaryField(max_length=16)),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("created_at",),
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tertib.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("arrived", "Something arrives on my desk"),
                            ("asked", "An explanation is asked of me"),
                            ("answered", "A part I gave is answered"),
                            ("returned", "Something comes back to me undone"),
                            ("signed", "My draft is signed"),
                            ("delivered", "A delivery is confirmed or refused"),
                            ("withdrawn", "Something is taken from my desk"),
                            ("due_soon", "Something is due soon"),
                            ("overdue", "Something is overdue"),
                            ("reminder", "A leader reminds me"),
                        ],
                        max_length=12,
                    ),
                ),
                ("urgency", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("position", models.BigIntegerField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                (
                    "matter",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matters.matter"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="government.post",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tertib.ground.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "way",
                    models.CharField(choices=[("mail", "Mail"), ("digest", "Digest"), ("push", "Push")], max_length=8),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("dropped", "Dropped"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("day", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("after", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("why", models.CharField(blank=True, default="", max_length=300)),
                (
                    "notice",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="notices.notice"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person", "-id"], name="notice_list"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["person", "-id"], name="notice_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("position__isnull", False)),
                fields=("person", "position"),
                name="notice_once_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("due_at__isnull", False)),
                fields=("matter", "kind", "due_at", "person"),
                name="notice_once_a_due_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("position__isnull", True), ("due_at__isnull", True), _connector="XOR"),
                name="notice_of_entry_or_clock",
            ),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(models.F("after"), condition=models.Q(("state", "waiting")), name="sending_waiting"),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(models.F("person"), models.F("way"), models.F("done_at"), name="sending_pace"),
        ),
        migrations.AddConstraint(
            model_name="sending",
            constraint=models.UniqueConstraint(
                condition=models.Q(("notice__isnull", False)), fields=("notice", "way"), name="sent_once_a_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="sending",
            constraint=models.UniqueConstraint(
                condition=models.Q(("day__isnull", False)), fields=("person", "day"), name="one_digest_a_day"
            ),
        ),
    ]
