"""people behind a number"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ROOTS = sa.text("root is null")
_RESTING = sa.text("place = 'resting'")


def upgrade() -> None:
    """Forward."""
    op.create_index(
        "enrolment_journey", "enrolment", ["journey", "id"], sqlite_where=_ROOTS, postgresql_where=_ROOTS
    )
    op.create_index(
        "enrolment_resting_at",
        "enrolment",
        ["plan", "position", "id"],
        sqlite_where=_RESTING,
        postgresql_where=_RESTING,
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("enrolment_resting_at", "enrolment")
    op.drop_index("enrolment_journey", "enrolment")
