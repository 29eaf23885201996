"""What each says about the two of them every few weeks: sittings, to whom they are open, and the packs of words."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "instrument_packs",
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("locale", sa.String(6), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("wording_hash", sa.String(71), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "locale", "version", name="pk_instrument_packs"),
    )
    op.create_table(
        "assessments",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("couple_id", sa.String(22), nullable=False),
        sa.Column("instrument", sa.String(40), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("locale", sa.String(6), nullable=False),
        sa.Column("wording_hash", sa.String(71), nullable=False),
        sa.Column("answers", sa.LargeBinary(), nullable=False),
        sa.Column("private_answers", sa.LargeBinary()),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("finished_on", sa.Date()),
        sa.ForeignKeyConstraint(["couple_id"], ["couples.id"], name="fk_assessments_couple_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_assessments_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_assessments"),
    )
    op.create_index("ix_assessments_couple_id", "assessments", ["couple_id"])
    whose = ["person_id", "couple_id", "instrument"]
    op.create_index("ix_assessments_person_id_couple_id_instrument", "assessments", whose)
    _one("uq_assessments_person_id_couple_id_instrument_open", "assessments", whose, "finished_at IS NULL")
    op.create_table(
        "assessment_releases",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("assessment_id", sa.String(22), nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("audience", sa.String(9), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name="fk_assessment_releases_assessment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_releases"),
    )
    op.create_index("ix_assessment_releases_assessment_id", "assessment_releases", ["assessment_id"])
    _one(
        "uq_assessment_releases_assessment_id_part_audience_open",
        "assessment_releases",
        ["assessment_id", "part", "audience"],
        "withdrawn_at IS NULL",
    )
    op.create_table(
        "assessment_hints",
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("not_before", sa.Date()),
        sa.Column("off_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_assessment_hints_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_assessment_hints"),
    )


def _one(name: str, table: str, columns: list[str], while_: str) -> None:
    """No two of these while this is so."""
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(while_), postgresql_where=sa.text(while_))


def downgrade() -> None:
    op.drop_table("assessment_hints")
    op.drop_table("assessment_releases")
    op.drop_table("assessments")
    op.drop_table("instrument_packs")
