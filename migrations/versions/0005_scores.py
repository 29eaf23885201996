"""The weeks of a score, and who has opened theirs to the other."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "weekly_scores",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("felt_count", sa.Integer(), nullable=False),
        sa.Column("felt_sum", sa.Integer(), nullable=False),
        sa.Column("heard_count", sa.Integer(), nullable=False),
        sa.Column("heard_sum", sa.Integer(), nullable=False),
        sa.Column("appreciated_count", sa.Integer(), nullable=False),
        sa.Column("appreciated_sum", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("known_sum", sa.Integer(), nullable=False),
        sa.Column("open_count", sa.Integer(), nullable=False),
        sa.Column("open_sum", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True)),
        sa.Column("scored_at", sa.DateTime(timezone=True)),
        sa.Column("formula", sa.Integer()),
        sa.Column("level", sa.Double()),
        sa.Column("band", sa.Double()),
        sa.Column("state", sa.String(156)),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_weekly_scores_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_weekly_scores_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "person_id", "week", name="pk_weekly_scores"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_weekly_scores_person_id", "weekly_scores", ["person_id"])
    unscored = sa.text("scored_at IS NULL")
    op.create_index(
        "ix_weekly_scores_ends_at_unscored",
        "weekly_scores",
        ["ends_at", "couple_id", "person_id"],
        sqlite_where=unscored,
        postgresql_where=unscored,
    )
    op.create_table(
        "score_openings",
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_score_openings_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_score_openings_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("couple_id", "person_id", name="pk_score_openings"),
    )
    op.create_index("ix_score_openings_person_id", "score_openings", ["person_id"])


def downgrade() -> None:
    op.drop_table("score_openings")
    op.drop_table("weekly_scores")
