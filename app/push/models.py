"""The keys we push with, the devices that accept pushes, the outbox, and how each push service is doing."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.ids import Id, new_id

REMINDER, OPENED, TURN, WEEK, OCCASION = "reminder", "opened", "turn", "week", "occasion"
TEST, MAIL = "test", "mail"
KINDS = (REMINDER, OPENED, TURN, WEEK, OCCASION, TEST, MAIL)

SENT, MISSED, SKIPPED, FAILED = "sent", "missed", "skipped", "failed"


class VapidKey(Model):
    """A key pair by which push services know us. The private half is wrapped. A subscription is bound to one key."""

    __tablename__ = "vapid_keys"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    public: Mapped[str] = mapped_column(String(90))
    private: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class PushSubscription(Model):
    """One browser that accepts pushes. Its address and keys are sealed under the person's key.

    Once the person has taken it off the list, only that stays, so that its next visit does not bring it back.
    """

    __tablename__ = "push_subscriptions"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    session_id: Mapped[str | None] = mapped_column(
        String(22), ForeignKey("auth_sessions.id", ondelete="SET NULL"), index=True
    )
    key_id: Mapped[Id] = mapped_column(ForeignKey("vapid_keys.id"))
    endpoint_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    service: Mapped[str] = mapped_column(String(128))
    label: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    synced_on: Mapped[date]
    sent_at: Mapped[datetime | None]
    shown_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(16))
    removed_at: Mapped[datetime | None]


class Notification(Model):
    """One message to one person, in the outbox. `subject` makes it the only one of its kind about something.

    Due while `next_try_at` is set; whoever moves that on has the right to deliver. Then it has an outcome.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject"),
        Index(
            "ix_notifications_next_try_at",
            "next_try_at",
            sqlite_where=text("next_try_at IS NOT NULL"),
            postgresql_where=text("next_try_at IS NOT NULL"),
        ),
        Index(
            "ix_notifications_finished_at",
            "finished_at",
            sqlite_where=text("finished_at IS NOT NULL"),
            postgresql_where=text("finished_at IS NOT NULL"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[Id] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(8))


class Delivery(Model):
    """That one device has been given one notification, so that another try leaves it alone."""

    __tablename__ = "deliveries"

    notification_id: Mapped[Id] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True)
    subscription_id: Mapped[Id] = mapped_column(
        ForeignKey("push_subscriptions.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    sent_at: Mapped[datetime]


class PushService(Model):
    """A push service that has asked us to wait, or has failed so often that we let it be for a while."""

    __tablename__ = "push_services"

    host: Mapped[str] = mapped_column(String(128), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    blocked_until: Mapped[datetime | None]
