"""Longer exercises: occasions, the moves made on them, what is typed meanwhile; and whether a planned one may ring."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

AHEAD = sa.text("rung_at IS NULL AND begun_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "occasions",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("exercise", sa.String(32), nullable=False),
        sa.Column("variant", sa.String(32), nullable=False),
        sa.Column("first", sa.String(8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True)),
        sa.Column("rung_at", sa.DateTime(timezone=True)),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_on", sa.Date()),
        sa.Column("stopped_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_occasions_couple_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_occasions"),
    )
    op.create_index("ix_occasions_couple_id_ended_on", "occasions", ["couple_id", "ended_on"])
    op.create_index(
        "ix_occasions_planned_at_to_ring", "occasions", ["planned_at"], sqlite_where=AHEAD, postgresql_where=AHEAD
    )
    op.create_table(
        "moves",
        sa.Column("occasion_id", sa.String(22), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("lane", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("pick", sa.Integer()),
        sa.Column("rating", sa.Integer()),
        sa.Column("words", sa.LargeBinary()),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name="fk_moves_occasion_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_moves_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occasion_id", "step", "lane", "number", name="pk_moves"),
    )
    op.create_index("ix_moves_author_id", "moves", ["author_id"])
    op.create_table(
        "step_drafts",
        sa.Column("occasion_id", sa.String(22), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occasion_id"], ["occasions.id"], name="fk_step_drafts_occasion_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_step_drafts_author_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("occasion_id", "step", "author_id", name="pk_step_drafts"),
    )
    op.create_index("ix_step_drafts_author_id", "step_drafts", ["author_id"])
    op.create_index("ix_step_drafts_saved_at", "step_drafts", ["saved_at"])
    op.add_column(
        "reminder_settings", sa.Column("tells_occasion", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("reminder_settings", "tells_occasion")
    op.drop_table("step_drafts")
    op.drop_table("moves")
    op.drop_table("occasions")
