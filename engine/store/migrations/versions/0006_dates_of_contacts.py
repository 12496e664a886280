"""dates of contacts

The tables begin empty: the relay fills them with the attributes that running journeys name, at its first look at dates.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "date_attribute",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cursor", _BIG, nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "contact_date",
        sa.Column("contact", _BIG, nullable=False),
        sa.Column("attribute", sa.String(), nullable=False),
        sa.Column("month_day", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("contact", "attribute"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "contact_date_due", "contact_date", ["attribute", "month_day", "timezone", "contact", "day"]
    )


def downgrade() -> None:
    """Back."""
    op.drop_index("contact_date_due", "contact_date")
    op.drop_table("contact_date")
    op.drop_table("date_attribute")
