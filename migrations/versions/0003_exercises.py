"""Plans, prompts, responses and what grows around them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "plan_entries",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("exercise", sa.String(32), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_plan_entries_couple_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "exercise", name="pk_plan_entries"),
    )
    op.create_table(
        "days_together",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_days_together_couple_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "day", name="pk_days_together"),
    )
    op.create_table(
        "prompts",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exercise", sa.String(32), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(64)),
        sa.Column("set_aside_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_prompts_couple_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sa.UniqueConstraint("couple_id", "day", "exercise", "take", name="uq_prompts_couple_id_day_exercise_take"),
    )
    create_responses()
    create_turns()


def create_responses() -> None:
    """What one partner writes, keeps, amends, and says of the other's."""
    op.create_table(
        "responses",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_waiting_at", sa.DateTime(timezone=True)),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.Column("opened_on", sa.Date()),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_responses_prompt_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_responses_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prompt_id", "author_id", name="pk_responses"),
    )
    op.create_index("ix_responses_author_id", "responses", ["author_id"])
    op.create_table(
        "marks",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("words", sa.LargeBinary()),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_marks_prompt_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_marks_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prompt_id", "author_id", name="pk_marks"),
    )
    op.create_index("ix_marks_author_id", "marks", ["author_id"])
    op.create_table(
        "amendments",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(16), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("amended_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["prompt_id", "author_id"],
            ["responses.prompt_id", "responses.author_id"],
            name="fk_amendments_prompt_id_author_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("prompt_id", "author_id", "number", name="pk_amendments"),
    )
    op.create_table(
        "drafts",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_drafts_prompt_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_drafts_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prompt_id", "author_id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_author_id", "drafts", ["author_id"])
    op.create_index("ix_drafts_saved_at", "drafts", ["saved_at"])


def create_turns() -> None:
    """The steps of a mirroring."""
    op.create_table(
        "turns",
        sa.Column("prompt_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer()),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["prompt_id"], ["prompts.id"], name="fk_turns_prompt_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_turns_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("prompt_id", "number", name="pk_turns"),
    )
    op.create_index("ix_turns_author_id", "turns", ["author_id"])


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("drafts")
    op.drop_table("amendments")
    op.drop_table("marks")
    op.drop_table("responses")
    op.drop_table("prompts")
    op.drop_table("days_together")
    op.drop_table("plan_entries")
