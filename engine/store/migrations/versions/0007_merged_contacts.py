"""merged contacts"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    origin = sa.Column("origin", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    op.add_column("enrolment", origin)


def downgrade() -> None:
    """Back."""
    op.drop_column("enrolment", "origin")
