"""Where everybody stands: entries, enrolments and their strands, steps, admissions, cohorts."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from engine.store.columns import big, json, key, table_of

PLACES = ("admitted", "moving", "resting", "parked", "ended")


class Entry(SQLModel, table=True):
    """How often and when a contact last entered a journey: what the re-entry rule reads."""

    __table_args__ = {"sqlite_with_rowid": False}

    journey: int = big(primary_key=True)
    contact: int = big(primary_key=True)
    count: int
    last_at: int = big()


class Enrolment(SQLModel, table=True):
    """One contact's passage through one plan; a strand is a row of the same kind that names its `root` and `parent`.

    `position` is the node that it is about to run (admitted, moving) or stands at (resting, parked). `step` is the
    fence: it rises with every change of place or position, save admitted to moving. `visit` is the step number at
    which it arrived at `position`. `at` is the enrolment's own business time, `at_order` the id of the event that set
    it, if one did; `entered_at` and `entered_order` say the same of its entry. While resting at a wait, events after
    (`since`, `since_order`) count, and `wake_at` is when the rest ends (None: without end). `attempt` counts the tries
    of this visit. `cause` says what made it enter: an event's message id, a campaign run. `single`: the re-entry rule
    forbids two live ones. `pending` counts strands not yet ended; a strand's `fork` is the visit in which its parent
    forked, since the parent may fork again. `trigger` holds what the trigger event carried: its name, at, properties.
    `origin` is the contact as whom it entered, where that one was merged into `contact` since: draws go by it.
    """

    __table_args__ = (
        CheckConstraint(
            "place in ('admitted', 'moving', 'resting', 'parked', 'ended')", name="enrolment_place"
        ),
        CheckConstraint("(cohort is not null) = (place in ('moving', 'resting'))", name="enrolment_cohort"),
        CheckConstraint(
            "place <> 'resting' or wake_at is not null or coalesce(reason, '') in ('event', 'strands', 'paused')",
            name="enrolment_rest",
        ),
        CheckConstraint("place <> 'parked' or reason is not null", name="enrolment_parked"),
        CheckConstraint("pending >= 0", name="enrolment_pending"),
        CheckConstraint("place <> 'ended' or result is not null", name="enrolment_result"),
        CheckConstraint("(place = 'ended') = (ended_at is not null)", name="enrolment_ended_at"),
        Index(
            "enrolment_cause",
            "contact",
            "journey",
            "cause",
            unique=True,
            sqlite_where=text("root is null"),
            postgresql_where=text("root is null"),
        ),
        Index(
            "enrolment_single",
            "contact",
            "journey",
            unique=True,
            sqlite_where=text("root is null and single and ended_at is null"),
            postgresql_where=text("root is null and single and ended_at is null"),
        ),
        Index(
            "enrolment_cohort",
            "cohort",
            sqlite_where=text("cohort is not null"),
            postgresql_where=text("cohort is not null"),
        ),
        Index(
            "enrolment_journey",
            "journey",
            "id",
            sqlite_where=text("root is null"),
            postgresql_where=text("root is null"),
        ),
        Index(
            "enrolment_resting_at",
            "plan",
            "position",
            "id",
            sqlite_where=text("place = 'resting'"),
            postgresql_where=text("place = 'resting'"),
        ),
        Index(
            "enrolment_root",
            "root",
            sqlite_where=text("root is not null"),
            postgresql_where=text("root is not null"),
        ),
        Index(
            "enrolment_parked_at",
            "plan",
            "position",
            sqlite_where=text("place = 'parked'"),
            postgresql_where=text("place = 'parked'"),
        ),
    )

    id: int = key()
    root: int | None = big(nullable=True, default=None)
    parent: int | None = big(nullable=True, default=None)
    journey: int = big()
    plan: int = big()
    contact: int = big()
    origin: int | None = big(nullable=True, default=None)
    cause: str
    lane: str = "live"
    single: bool = True
    place: str
    reason: str | None = None
    step: int
    position: str
    visit: int
    attempt: int = 0
    cohort: int | None = big(nullable=True, default=None)
    at: int = big()
    at_order: int | None = big(nullable=True, default=None)
    since: int | None = big(nullable=True, default=None)
    since_order: int | None = big(nullable=True, default=None)
    wake_at: int | None = big(nullable=True, default=None)
    pending: int = 0
    fork: int | None = None
    trigger: dict[str, Any] | None = json(nullable=True, default=None)
    entered_at: int = big()
    entered_order: int | None = big(nullable=True, default=None)
    ended_at: int | None = big(nullable=True, default=None)
    result: str | None = None


class Step(SQLModel, table=True):
    """A node passed: left by `port` at business time `at`, which the event `at_order` set, if one did.

    `cause`: flow, timeout, an event's message id, replay.
    """

    __table_args__ = {"sqlite_with_rowid": False}

    strand: int = big(primary_key=True)
    no: int = Field(primary_key=True)
    node: str
    port: str
    cause: str = "flow"
    at: int = big()
    at_order: int | None = big(nullable=True, default=None)
    output: dict[str, Any] | None = json(nullable=True, default=None)


class Admission(SQLModel, table=True):
    """An enrolment set moving and not yet in a cohort. It is void unless `step` equals the enrolment's."""

    __table_args__ = (Index("admission_lane", "lane", "plan"), {"sqlite_with_rowid": False})

    strand: int = big(primary_key=True)
    step: int = Field(primary_key=True)
    lane: str
    plan: int = big()


class Cohort(SQLModel, table=True):
    """Up to 1,000 enrolments that travel together. Its id names the workflow; members are found by their column.

    `next_at` is the real instant by which its workflow moves someone: a hint for the sweep, written by drain and by
    each leg. None: nobody is left who would wake by himself.
    """

    __table_args__ = (
        Index(
            "cohort_waiting",
            "lane",
            "id",
            sqlite_where=text("not started"),
            postgresql_where=text("not started"),
        ),
        Index(
            "cohort_next",
            "next_at",
            sqlite_where=text("next_at is not null"),
            postgresql_where=text("next_at is not null"),
        ),
    )

    id: int = key()
    plan: int = big()
    journey: int = big()
    lane: str
    started: bool = False
    next_at: int | None = big(nullable=True, default=None)
    created_at: int = big()


class Attempt(SQLModel, table=True):
    """From the third attempt of a leg on: which strand was being moved alone, and how often that died."""

    __tablename__ = "lone_attempt"
    __table_args__ = {"sqlite_with_rowid": False}

    strand: int = big(primary_key=True)
    step: int = Field(primary_key=True)
    tries: int


entry = table_of(Entry)
enrolment = table_of(Enrolment)
step = table_of(Step)
admission = table_of(Admission)
cohort = table_of(Cohort)
lone_attempt = table_of(Attempt)
