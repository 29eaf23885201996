"""The path: lines at its steps, which steps are behind, what each wants of it, and the words that two stand by."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "path_lines",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_path_lines_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_path_lines_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "number", name="pk_path_lines"),
    )
    op.create_index("ix_path_lines_author_id", "path_lines", ["author_id"])
    op.create_table(
        "path_steps_behind",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["couple_id"], ["couples.id"], name="fk_path_steps_behind_couple_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("couple_id", "step", name="pk_path_steps_behind"),
    )
    op.create_table(
        "path_choices",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("aims", sa.LargeBinary(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_path_choices_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_path_choices_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "person_id", name="pk_path_choices"),
    )
    op.create_index("ix_path_choices_person_id", "path_choices", ["person_id"])
    op.create_table(
        "path_wordings",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True)),
        sa.Column("agreed_by_id", sa.String(22)),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_path_wordings_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_path_wordings_author_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["people.id"], name="fk_path_wordings_agreed_by_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("couple_id", "number", name="pk_path_wordings"),
    )
    op.create_index("ix_path_wordings_author_id", "path_wordings", ["author_id"])
    op.create_index("ix_path_wordings_agreed_by_id", "path_wordings", ["agreed_by_id"])


def downgrade() -> None:
    op.drop_table("path_wordings")
    op.drop_table("path_choices")
    op.drop_table("path_steps_behind")
    op.drop_table("path_lines")
