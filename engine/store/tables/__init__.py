"""The tables, by subject. Each module has the SQLModel classes and, in lower case, their Core tables."""

from sqlmodel import SQLModel

from engine.store.tables.enrolments import admission, cohort, enrolment, entry, lone_attempt, step
from engine.store.tables.house import audit, clock, heartbeat, import_run, replay, replay_item, tour
from engine.store.tables.journeys import (
    campaign,
    draft,
    draft_change,
    journey,
    library_promotion,
    library_template,
    node_type,
    plan,
    presence,
)
from engine.store.tables.messages import account, coupon, message, sandbox_message
from engine.store.tables.people import (
    consent,
    contact,
    contact_date,
    date_attribute,
    event,
    identity,
    membership,
    recognition,
    rule,
    segment,
    suppression,
    tag,
)
from engine.store.tables.tallies import tally, tally_change

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "account",
    "admission",
    "audit",
    "campaign",
    "clock",
    "cohort",
    "consent",
    "contact",
    "contact_date",
    "coupon",
    "date_attribute",
    "draft",
    "draft_change",
    "enrolment",
    "entry",
    "event",
    "heartbeat",
    "identity",
    "import_run",
    "journey",
    "library_promotion",
    "library_template",
    "lone_attempt",
    "membership",
    "message",
    "node_type",
    "plan",
    "presence",
    "recognition",
    "replay",
    "replay_item",
    "rule",
    "sandbox_message",
    "segment",
    "step",
    "suppression",
    "tag",
    "tally",
    "tally_change",
    "tour",
]
