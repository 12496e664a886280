"""as whom visitors were recognised, and from when on"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What is known of each visitor so far is one contact, since he was heard of."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "recognition",
        sa.Column("visitor", sa.String(), nullable=False),
        sa.Column("at", big, nullable=False),
        sa.Column("contact", big, nullable=False),
        sa.PrimaryKeyConstraint("visitor", "at"),
        sqlite_with_rowid=False,
    )
    op.create_index("recognition_contact", "recognition", ["contact"])
    op.execute(
        "insert into recognition (visitor, at, contact)"
        " select value, created_at, contact from identity where kind = 'anonymous_id'"
    )


def downgrade() -> None:
    """Back."""
    op.drop_table("recognition")
