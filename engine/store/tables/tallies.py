"""Tallies: the numbers of journeys, kept with the rows that they count."""

from sqlmodel import Field, SQLModel

from engine.store.columns import big, key, table_of

EVER = -1
"""In place of an hour: of all time."""


class Tally(SQLModel, table=True):
    """How many, of one plan: see `engine.enrolment.tally` for what `kind`, `node` and `name` say.

    `hour` counts the hours of business time since the epoch; EVER is the sum of all of them, and stands first.
    """

    __table_args__ = {"sqlite_with_rowid": False}

    plan: int = big(primary_key=True)
    hour: int = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    node: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    count: int = big()


class TallyChange(SQLModel, table=True):
    """What one transaction adds to a tally. It is appended, so that nobody waits for another; the sweep adds it up."""

    __tablename__ = "tally_change"

    id: int = key()
    plan: int = big()
    hour: int
    kind: str
    node: str
    name: str
    count: int


tally = table_of(Tally)
tally_change = table_of(TallyChange)
