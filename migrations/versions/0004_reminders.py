"""Keys, devices and outbox of pushes; reminders and how each wants to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    create_devices()
    create_outbox()
    create_reminders()


def create_devices() -> None:
    """The keys we push with, and the browsers that accept pushes."""
    op.create_table(
        "vapid_keys",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("public", sa.String(90), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_vapid_keys"),
    )
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("session_id", sa.String(22)),
        sa.Column("key_id", sa.String(22), nullable=False),
        sa.Column("endpoint_hash", sa.String(64), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("service", sa.String(128), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synced_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("failed_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.String(16)),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_push_subscriptions_person_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["auth_sessions.id"], name="fk_push_subscriptions_session_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["key_id"], ["vapid_keys.id"], name="fk_push_subscriptions_key_id"),
        sa.PrimaryKeyConstraint("id", name="pk_push_subscriptions"),
        sa.UniqueConstraint("endpoint_hash", name="uq_push_subscriptions_endpoint_hash"),
    )
    op.create_index("ix_push_subscriptions_person_id", "push_subscriptions", ["person_id"])
    op.create_index("ix_push_subscriptions_session_id", "push_subscriptions", ["session_id"])
    op.create_table(
        "push_services",
        sa.Column("host", sa.String(128), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("host", name="pk_push_services"),
    )


def create_outbox() -> None:
    """What is to be said, and to which device it has been."""
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(8)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notifications_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.UniqueConstraint("person_id", "kind", "subject", name="uq_notifications_person_id_kind_subject"),
    )
    for column in ("next_try_at", "finished_at"):
        # A row is in one of the two at a time.
        set_ = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_notifications_{column}", "notifications", [column], sqlite_where=set_, postgresql_where=set_
        )
    op.create_table(
        "deliveries",
        sa.Column("notification_id", sa.String(22), nullable=False),
        sa.Column("subscription_id", sa.String(22), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notifications.id"], name="fk_deliveries_notification_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["push_subscriptions.id"], name="fk_deliveries_subscription_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notification_id", "subscription_id", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_subscription_id", "deliveries", ["subscription_id"])


def create_reminders() -> None:
    """When people want to be told, and how."""
    op.create_table(
        "reminder_slots",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cursor", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reminder_slots"),
        sa.UniqueConstraint("zone", "at", "weekdays", "window", name="uq_reminder_slots_zone_at_weekdays_window"),
    )
    op.create_index("ix_reminder_slots_next_due_at", "reminder_slots", ["next_due_at"])
    op.create_table(
        "reminders",
        sa.Column("slot_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("if_then", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["slot_id"], ["reminder_slots.id"], name="fk_reminders_slot_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reminders_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slot_id", "person_id", name="pk_reminders"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reminders_person_id", "reminders", ["person_id"])
    op.create_table(
        "reminder_settings",
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("several", sa.Boolean(), nullable=False),
        sa.Column("tells_opened", sa.Boolean(), nullable=False),
        sa.Column("tells_turn", sa.Boolean(), nullable=False),
        sa.Column("tells_week", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
        sa.Column("feed_hash", sa.String(64)),
        sa.Column("mail", sa.LargeBinary()),
        sa.Column("mail_confirmed_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_reminder_settings_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_reminder_settings"),
        sa.UniqueConstraint("feed_hash", name="uq_reminder_settings_feed_hash"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in (
        "reminder_settings", "reminders", "reminder_slots", "deliveries", "notifications", "push_services",
        "push_subscriptions", "vapid_keys",
    ):  # fmt: skip
        op.drop_table(table)
