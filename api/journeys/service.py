"""Journeys, changed and judged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from api.contacts.queries import read_contact
from api.errors import BadValue, NoApiTrigger
from api.house import WHO, House
from api.journeys import queries
from api.journeys.schemas import (
    CheckOut,
    DiffOut,
    DraftOut,
    EntryIn,
    EntryOut,
    JourneyIn,
    JourneyOut,
    Moved,
    PlanDetail,
    RefusedOut,
)
from engine.audience.contacts import upsert_contacts
from engine.audience.profile import read_profile
from engine.enrolment import control, drafts, publishing
from engine.enrolment.campaign import NotPublished
from engine.enrolment.enter import Entering, enter
from engine.enrolment.ingest import ended_teller, tell_entered, uniter
from engine.enrolment.refusals import refusal_words
from engine.enrolment.removal import remove_journey
from engine.flow.diagnostic import Diagnostic
from engine.flow.diff import diff
from engine.journey.time import LATEST, iso
from engine.store.catalog import load_catalog
from engine.store.sets import lock_journeys

MOST_TRIES = 5
"""How often a free name is looked for, where others take it meanwhile."""


def create(house: House, wanted: JourneyIn) -> JourneyOut:
    """A new journey with its first draft, each try in a transaction of its own: a name that was free may be taken by now."""
    tries = MOST_TRIES if wanted.free_name or wanted.as_copy else 1
    while True:
        tries -= 1
        try:
            with house.database.write() as connection:
                return _create(connection, wanted, house.now())
        except drafts.JourneyNameTaken:
            if tries == 0:
                raise


def _create(connection: Connection, wanted: JourneyIn, now: int) -> JourneyOut:
    made = drafts.create_journey(
        connection, wanted.document, now=now, who=WHO, free_name=wanted.free_name, as_copy=wanted.as_copy
    )
    return queries.read_journey(connection, made.journey)


def save(
    connection: Connection, journey: int, document: dict[str, Any], *, revision: int, now: int
) -> DraftOut:
    """Save a change of the draft that was made on `revision`."""
    saved = drafts.save_draft(connection, journey, document, expected_revision=revision, now=now, who=WHO)
    return queries.draft_out(saved)


def check(house: House, document: dict[str, Any]) -> CheckOut:
    """What the checks say of a document."""
    return _judged(publishing.check_document(house.database, document, now=house.now()))


def check_draft(house: House, journey: int) -> CheckOut:
    """What the checks say of a journey's draft."""
    with house.database.read() as connection:
        document = drafts.read_draft(connection, journey).document
    return check(house, document)


def _judged(diagnostics: Sequence[Diagnostic]) -> CheckOut:
    publishable = all(one.severity != "error" for one in diagnostics)
    return CheckOut(publishable=publishable, diagnostics=list(diagnostics))


def publish(house: House, journey: int, revision: int) -> PlanDetail:
    """Publish the draft at a revision. Opens its own transaction, once the draft is compiled."""
    published = publishing.publish_draft(house.database, journey, revision=revision, now=house.now(), who=WHO)
    with house.database.read() as connection:
        return queries.read_plan(connection, journey, published.number)


def compare(connection: Connection, journey: int, *, old: str | None, new: str) -> DiffOut:
    """What changed from `old` to `new`: numbers of versions, or `draft`. Without `old` from the current version; from
    nothing where there is none."""
    current = queries.read_journey(connection, journey).plan
    if old is None:
        old = None if current is None else str(current.number)
    before = {"nodes": {}} if old is None else queries.document_at(connection, journey, old)
    after = queries.document_at(connection, journey, new)
    return DiffOut(changes=diff(before, after, load_catalog(connection)))


# ------------------------------------------------------------------------------------------------ a whole journey


def pause(house: House, journey: int) -> Moved:
    """Hold everyone before their next act."""
    _require(house, journey)
    control.pause_journey(house.database, journey, now=house.now(), who=WHO)
    return _moved(house, journey, 0)


def resume(house: House, journey: int) -> Moved:
    """End the pause, page by page."""
    _require(house, journey)
    return _moved(house, journey, control.resume_journey(house.database, journey, now=house.now(), who=WHO))


def stop(house: House, journey: int) -> Moved:
    """End the journey for everybody inside, page by page."""
    _require(house, journey)
    ended = ended_teller(house.runtime, "bulk")
    return _moved(
        house, journey, control.stop_journey(house.database, journey, now=house.now(), who=WHO, ended=ended)
    )


def switch(house: House, journey: int, on: bool) -> JourneyOut:
    """The kill switch."""
    _require(house, journey)
    control.switch_sending(house.database, journey, on=on, now=house.now(), who=WHO)
    with house.database.read() as connection:
        return queries.read_journey(connection, journey)


def remove(house: House, journey: int) -> None:
    """Delete a journey that was never used."""
    remove_journey(house.database, journey, now=house.now(), who=WHO)


def _require(house: House, journey: int) -> None:
    with house.database.read() as connection:
        queries.read_journey(connection, journey)


def _moved(house: House, journey: int, enrolments: int) -> Moved:
    with house.database.read() as connection:
        return Moved(journey=queries.read_journey(connection, journey), enrolments=enrolments)


# ------------------------------------------------------------------------------------------------ entries


def enter_one(house: House, connection: Connection, journey: int, wanted: EntryIn) -> EntryOut:
    """Let one contact enter at the API trigger of the current version."""
    lock_journeys(connection, [journey])
    plan = queries.read_journey(connection, journey).plan
    if plan is None:
        raise NotPublished("The journey is not published, so that nobody can enter it. Publish it first.")
    published = house.runtime.plans.get(connection, plan.id)
    node = next((one.node for one in published.plan.triggers if one.kind == "api"), None)
    if node is None:
        raise NoApiTrigger(
            f'"{published.journey_name}" has no node at which programs let contacts enter. '
            "Draw an API trigger, and publish it."
        )
    now = house.now()
    carried = {"name": "api", "at": iso(now), "properties": wanted.properties}
    cause = f"api:{wanted.key}"
    one = Entering(_contact(house, connection, wanted, now), cause, now, node, None, carried)
    entered = enter(connection, published, [one], lane="live", now=house.runtime.now())
    tell_entered(connection, house.runtime, published, entered, "live")
    if entered.enrolments:
        return EntryOut(entered=True, enrolment=entered.enrolments[0], refused=None)
    (refused,) = entered.refused
    until = None if refused.until is None else min(refused.until, LATEST)
    why = RefusedOut(why=refused.why, words=refusal_words(refused, published), until=until)
    return EntryOut(entered=False, enrolment=None, refused=why)


def _contact(house: House, connection: Connection, wanted: EntryIn, now: int) -> int:
    if wanted.contact is not None:
        read_contact(connection, wanted.contact)
        return wanted.contact
    profile, problems = read_profile(wanted.model_dump(include={"external_id", "email", "phone"}))
    if problems:
        raise BadValue(problems[0].field, problems[0].text)
    if not any(profile.names()):
        raise BadValue("contact", "Nobody is named. Give a contact, an external_id, an email or a phone.")
    return upsert_contacts(connection, [profile], now, uniter(house.runtime))[0]
