"""Sessions and their briefs, what a therapist notes, and which responses a partner chose to show."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "cares",
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("in_a_row", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        _to("cares", "therapist_id", "people"),
        _to("cares", "couple_id", "couples"),
        sa.PrimaryKeyConstraint("therapist_id", "couple_id", name="pk_cares"),
    )
    op.create_index("ix_cares_couple_id", "cares", ["couple_id"])
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _to("sessions", "therapist_id", "people"),
        _to("sessions", "couple_id", "couples"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    for column in ("therapist_id", "couple_id"):
        op.create_index(f"ix_sessions_{column}", "sessions", [column])
    op.create_table(
        "talked_over",
        sa.Column("homework_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("talked_on", sa.Date(), nullable=False),
        _to("talked_over", "homework_id", "homework"),
        sa.PrimaryKeyConstraint("homework_id", "day", name="pk_talked_over"),
    )
    op.create_table(
        "therapist_notes",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _to("therapist_notes", "therapist_id", "people"),
        _to("therapist_notes", "couple_id", "couples"),
        sa.PrimaryKeyConstraint("id", name="pk_therapist_notes"),
    )
    for column in ("therapist_id", "couple_id"):
        op.create_index(f"ix_therapist_notes_{column}", "therapist_notes", [column])
    op.create_table(
        "brief_lines",
        sa.Column("session_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        _to("brief_lines", "session_id", "sessions"),
        _to("brief_lines", "author_id", "people"),
        sa.PrimaryKeyConstraint("session_id", "author_id", name="pk_brief_lines"),
    )
    op.create_index("ix_brief_lines_author_id", "brief_lines", ["author_id"])
    op.create_table(
        "brief_looks",
        sa.Column("session_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        _to("brief_looks", "session_id", "sessions"),
        _to("brief_looks", "person_id", "people"),
        sa.PrimaryKeyConstraint("session_id", "person_id", name="pk_brief_looks"),
    )
    op.create_index("ix_brief_looks_person_id", "brief_looks", ["person_id"])
    op.create_table(
        "shown_responses",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        _to("shown_responses", "prompt_id", "prompts"),
        _to("shown_responses", "author_id", "people"),
        _to("shown_responses", "therapist_id", "people"),
        sa.PrimaryKeyConstraint("prompt_id", "author_id", "therapist_id", name="pk_shown_responses"),
    )
    for column in ("author_id", "therapist_id"):
        op.create_index(f"ix_shown_responses_{column}", "shown_responses", [column])


def downgrade() -> None:
    for table in (
        "shown_responses", "brief_looks", "brief_lines", "therapist_notes", "talked_over", "sessions", "cares",
    ):  # fmt: skip
        op.drop_table(table)


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")
