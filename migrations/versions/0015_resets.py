"""Links by which a therapist who has lost everything else comes in again, as a record of whoever runs the server."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "account_resets",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_account_resets_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_account_resets"),
    )
    op.create_index("ix_account_resets_person_id", "account_resets", ["person_id"])


def downgrade() -> None:
    op.drop_table("account_resets")
