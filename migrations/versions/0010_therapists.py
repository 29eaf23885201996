"""How somebody becomes a therapist, and what couples are to know of their practice first."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "therapist_invitations",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("inviter_id", sa.String(22)),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["inviter_id"], ["people.id"], name="fk_therapist_invitations_inviter_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name="pk_therapist_invitations"),
    )
    op.create_index("ix_therapist_invitations_inviter_id", "therapist_invitations", ["inviter_id"])
    op.create_index("ix_therapist_invitations_expires_at", "therapist_invitations", ["expires_at"])
    op.create_table(
        "practices",
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("policy", sa.String(8), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_practices_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_practices"),
    )


def downgrade() -> None:
    op.drop_table("practices")
    op.drop_table("therapist_invitations")
