"""replays that go on by themselves"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "replay",
        sa.Column("id", _BIG, nullable=False),
        sa.Column(
            "how",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("cursor", _BIG, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    still = sa.text("not finished")
    op.create_index("replay_open", "replay", ["id"], sqlite_where=still, postgresql_where=still)


def downgrade() -> None:
    """Back."""
    op.drop_table("replay")
