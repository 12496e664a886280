"""Campaigns, started and changed. The relay follows the rows: nothing here asks Temporal."""

from sqlalchemy import Connection

from api.campaigns import queries
from api.campaigns.schemas import (
    CampaignIn,
    CampaignOut,
    ReachOut,
    SendingNode,
    StartCheckIn,
    StartCheckOut,
    TimeIn,
)
from api.contacts.queries import read_contact
from api.errors import BadValue
from api.house import WHO, House
from api.journeys.queries import read_journey
from engine.audience.segments import read_segment
from engine.enrolment.campaign import (
    How,
    NotPublished,
    UnknownCampaign,
    campaign_node,
    change_campaign,
    create_campaign,
)
from engine.enrolment.campaign_check import check_campaign
from engine.enrolment.reschedule import CampaignExists, checked_schedule, reschedule_campaign
from engine.store.catalog import load_catalog


def start(house: House, connection: Connection, wanted: CampaignIn) -> CampaignOut:
    """Plan a campaign. Asked for again under the same id, it is the one that there is."""
    if wanted.id is not None:
        try:
            return _same(queries.read_campaign(connection, wanted.id), wanted)
        except UnknownCampaign:
            pass
    if wanted.starts_at is not None and wanted.schedule is not None:
        raise BadValue("schedule", "There is a schedule and a single time. Give one of the two.")
    if wanted.schedule is not None and wanted.mode == "live":
        raise BadValue(
            "mode",
            "A live campaign never ends, so that its next firing would wait for ever. Use snapshot with a schedule.",
        )
    schedule = None if wanted.schedule is None else checked_schedule(wanted.schedule)
    read_journey(connection, wanted.journey)
    number = create_campaign(
        connection, wanted.journey, wanted.segment, now=house.now(), name=wanted.name, who=WHO, rate=wanted.rate,
        how=How(starts_at=wanted.starts_at, schedule=schedule, mode=wanted.mode, number=wanted.id),
    )  # fmt: skip
    return queries.read_campaign(connection, number)


def _same(known: CampaignOut, wanted: CampaignIn) -> CampaignOut:
    if (known.journey, known.segment) != (wanted.journey, wanted.segment):
        raise CampaignExists(
            f"There is another campaign with the id {known.id}. Make a new id, or leave it out."
        )
    return known


def change(house: House, connection: Connection, number: int, action: str) -> CampaignOut:
    """Pause, resume or cancel."""
    change_campaign(connection, number, action, now=house.now(), who=WHO)
    return queries.read_campaign(connection, number)


def reschedule(house: House, connection: Connection, number: int, time: TimeIn) -> CampaignOut:
    """Give it another time, until it starts."""
    reschedule_campaign(
        connection, number, starts_at=time.starts_at, schedule=time.schedule, now=house.now(), who=WHO
    )
    return queries.read_campaign(connection, number)


def check(house: House, connection: Connection, wanted: StartCheckIn) -> StartCheckOut:
    """What would happen if they entered now. The same errors as a start, so that nothing comes as a surprise."""
    journey = read_journey(connection, wanted.journey)
    if journey.plan is None:
        raise NotPublished("The journey is not published, so that nobody can enter it. Publish it first.")
    published = house.runtime.plans.get(connection, journey.plan.id)
    if wanted.segment is not None:
        read_segment(connection, wanted.segment)
        campaign_node(published)
    if wanted.contact is not None:
        read_contact(connection, wanted.contact)
    found = check_campaign(
        connection,
        published,
        load_catalog(connection),
        now=house.now(),
        segment=wanted.segment,
        one=wanted.contact,
    )
    labels = published.plan.nodes
    return StartCheckOut(
        version=journey.plan.number, state=journey.state, sending=journey.sending,
        members=found.members, enter=found.enter, inside=found.inside, before=found.before,
        reentry=published.plan.settings.reentry.rule,
        channels=[
            ReachOut(
                channel=one.channel, reachable=one.reachable, no_address=one.no_address, refused=one.refused,
                suppressed=one.suppressed,
                nodes=[SendingNode(node=node, label=labels[node].label) for node in one.nodes],
            )
            for one in found.channels
        ],
    )  # fmt: skip
