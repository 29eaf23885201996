"""On which day somebody first opened what was given to them for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("homework_days", sa.Column("opened_on", sa.Date()))


def downgrade() -> None:
    op.drop_column("homework_days", "opened_on")
