"""messages that are still to be sent, by strand"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    waiting = sa.text("state in ('planned', 'retry_at')")
    op.create_index("message_waiting", "message", ["strand"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """Back."""
    op.drop_index("message_waiting", "message")
