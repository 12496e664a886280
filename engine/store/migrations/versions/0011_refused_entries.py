"""whom campaigns kept out, by reason"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    column = sa.Column(
        "refused",
        sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql"),
        server_default="{}",
        nullable=False,
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(column)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("refused")
