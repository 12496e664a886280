"""tallies of journeys"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HOUR = 3_600_000
# What has been counted by looking until now: each kind by the hour and, under -1, of all time; then who stands where.
_COUNTED = (
    (
        "entered",
        f"SELECT plan, entered_at / {_HOUR} AS hour, '' AS node, '' AS name FROM enrolment WHERE root IS NULL",
    ),
    (
        "left",
        f"SELECT plan, step.at / {_HOUR} AS hour, node, port AS name FROM step JOIN enrolment ON enrolment.id = strand",
    ),
    (
        "ended",
        f"SELECT plan, ended_at / {_HOUR} AS hour, '' AS node, result AS name FROM enrolment"
        " WHERE root IS NULL AND place = 'ended'",
    ),
)
_STANDING = """
INSERT INTO tally (plan, hour, kind, node, name, count)
SELECT plan, -1, CASE WHEN root IS NOT NULL THEN 'strand' WHEN reason = 'strands' THEN 'forked' ELSE 'root' END AS kind,
       position, place, count(*)
FROM enrolment WHERE place <> 'ended' AND (root IS NULL OR reason IS NULL OR reason <> 'strands')
GROUP BY plan, kind, position, place
"""


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "tally",
        sa.Column("plan", _BIG, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("plan", "hour", "kind", "node", "name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_change",
        sa.Column("id", _BIG, autoincrement=False, nullable=False),
        sa.Column("plan", _BIG, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for kind, rows in _COUNTED:
        for hour in ("hour", "-1"):
            op.execute(
                "INSERT INTO tally (plan, hour, kind, node, name, count) "
                f"SELECT plan, {hour}, '{kind}', node, name, count(*) FROM ({rows}) AS counted "
                f"GROUP BY plan, {'hour, ' if hour == 'hour' else ''}node, name"
            )
    op.execute(_STANDING)


def downgrade() -> None:
    """Back."""
    op.drop_table("tally_change")
    op.drop_table("tally")
