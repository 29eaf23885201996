"""Homework, what the two say of its days, templates, exercises in a therapist's own words; what brought a prompt."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("prompts", sa.Column("brought_by", sa.String(22)))
    op.create_table(
        "homework",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("therapist_id", sa.String(22)),
        sa.Column("exercise", sa.String(32), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date()),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("whom", sa.String(22)),
        sa.Column("note", sa.LargeBinary()),
        sa.Column("series_id", sa.String(22), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_homework_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["therapist_id"], ["people.id"], name="fk_homework_therapist_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["whom"], ["people.id"], name="fk_homework_whom", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_homework"),
    )
    op.create_index("ix_homework_couple_id_last", "homework", ["couple_id", "last"])
    op.create_index("ix_homework_therapist_id", "homework", ["therapist_id"])
    op.create_index("ix_homework_whom", "homework", ["whom"])
    op.create_index("ix_homework_series_id", "homework", ["series_id"])
    op.create_table(
        "homework_days",
        sa.Column("homework_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True)),
        sa.Column("because", sa.LargeBinary()),
        sa.Column("shared_at", sa.DateTime(timezone=True)),
        sa.Column("went", sa.Integer()),
        sa.Column("went_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["homework_id"], ["homework.id"], name="fk_homework_days_homework_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_homework_days_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("homework_id", "person_id", "day", name="pk_homework_days"),
    )
    op.create_index("ix_homework_days_person_id_day", "homework_days", ["person_id", "day"])
    for name in ("homework_templates", "own_exercises"):
        op.create_table(
            name,
            sa.Column("id", sa.String(22), nullable=False),
            sa.Column("therapist_id", sa.String(22), nullable=False),
            sa.Column("words", sa.LargeBinary(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            *([sa.Column("put_away_at", sa.DateTime(timezone=True))] if name == "own_exercises" else []),
            sa.ForeignKeyConstraint(
                ["therapist_id"], ["people.id"], name=f"fk_{name}_therapist_id", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_therapist_id", name, ["therapist_id"])


def downgrade() -> None:
    op.drop_table("own_exercises")
    op.drop_table("homework_templates")
    op.drop_table("homework_days")
    op.drop_table("homework")
    op.drop_column("prompts", "brought_by")
