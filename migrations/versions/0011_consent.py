"""Therapists as guests of couples: codes, guests, the consents of both, and the visits."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "couple_codes",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["people.id"], name="fk_couple_codes_therapist_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_couple_codes"),
        sa.UniqueConstraint("code_hash", name="uq_couple_codes_code_hash"),
    )
    op.create_index("ix_couple_codes_therapist_id", "couple_codes", ["therapist_id"])
    op.create_index("ix_couple_codes_expires_at", "couple_codes", ["expires_at"])
    op.create_table(
        "guests",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["therapist_id"], ["people.id"], name="fk_guests_therapist_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_guests_couple_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_guests"),
    )
    op.create_index("ix_guests_therapist_id", "guests", ["therapist_id"])
    op.create_index("ix_guests_couple_id", "guests", ["couple_id"])
    living = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_guests_therapist_id_couple_id_living",
        "guests",
        ["therapist_id", "couple_id"],
        unique=True,
        sqlite_where=living,
        postgresql_where=living,
    )
    op.create_table(
        "consents",
        sa.Column("guest_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("scores", sa.Boolean(), nullable=False),
        sa.Column("assessments", sa.Boolean(), nullable=False),
        sa.Column("responses", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name="fk_consents_guest_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("guest_id", "person_id", name="pk_consents"),
    )
    op.create_index("ix_consents_person_id", "consents", ["person_id"])
    op.create_table(
        "visits",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("guest_id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name="fk_visits_guest_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
    )
    op.create_index("ix_visits_guest_id_kind_began_at", "visits", ["guest_id", "kind", "began_at"])


def downgrade() -> None:
    op.drop_table("visits")
    op.drop_table("consents")
    op.drop_table("guests")
    op.drop_table("couple_codes")
