"""Campaigns, read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from api.campaigns.schemas import CampaignOut, KeptOut
from api.paging import Counted, count_rows, counted, decode_cursor, page_of
from engine.enrolment.campaign import UnknownCampaign
from engine.enrolment.refusals import counts_words
from engine.store.tables import campaign, journey, segment

_SHOWN = (
    "id", "journey", "name", "mode", "state", "starts_at", "schedule", "parent", "rate", "total", "entered", "skipped",
    "refused", "created_at", "finished_at",
)  # fmt: skip


def _campaigns() -> Select[Any]:
    return (
        select(
            *(campaign.c[name] for name in _SHOWN),
            journey.c.name.label("journey_name"),
            segment.c.name.label("segment"),
        )
        .join(journey, journey.c.id == campaign.c.journey)
        .outerjoin(segment, segment.c.id == campaign.c.segment)
    )


def _shown(row: Row[Any]) -> CampaignOut:
    refused = [KeptOut(why=why, count=count, words=words) for why, count, words in counts_words(row.refused)]
    return CampaignOut(**{**row._mapping, "refused": refused})


def list_campaigns(
    connection: Connection, *, journey_id: int | None, states: Sequence[str], parent: int | None, cursor: str | None,
    limit: int,
) -> Counted[CampaignOut]:  # fmt: skip
    """A page of campaigns, the newest first; of these states, or of all."""
    wanted: list[ColumnElement[bool]] = []
    if journey_id is not None:
        wanted.append(campaign.c.journey == journey_id)
    if states:
        wanted.append(campaign.c.state.in_(states))
    if parent is not None:
        wanted.append(campaign.c.parent == parent)
    query = _campaigns().where(*wanted)
    after = decode_cursor(cursor, int)
    if after is not None:
        query = query.where(campaign.c.id < after[0])
    rows = connection.execute(query.order_by(campaign.c.id.desc()).limit(limit + 1)).all()
    page = page_of(rows, limit, _shown, lambda row: (row.id,))
    return counted(page, count_rows(connection, campaign, *wanted))


def read_campaign(connection: Connection, number: int) -> CampaignOut:
    """One campaign. UnknownCampaign where there is none."""
    row = connection.execute(_campaigns().where(campaign.c.id == number)).one_or_none()
    if row is None:
        raise UnknownCampaign(f"There is no campaign {number}. Look up its id among the campaigns.")
    return _shown(row)
