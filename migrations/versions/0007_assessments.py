"""What each says about the two of them every few weeks: the packs that the operator installed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"


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


def downgrade() -> None:
    op.drop_table("instrument_packs")
