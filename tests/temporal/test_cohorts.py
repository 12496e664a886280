"""Cohorts on the real server: what their histories hold, and how they show themselves to an operator."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.common import SearchAttributeKey

from tests.temporal.shop import Shop

CONTACTS = 120


async def test_a_cohort_is_short_and_names_nobody(shop: Shop, temporal_client: Client) -> None:
    """The coupon journey of a cohort stays under 40 events and 50 kB, and no history holds anybody's data."""
    shop.people(CONTACTS)
    campaign = shop.plan_campaign(shop.publish("coupon"))

    await shop.until(lambda: shop.inside("ended") == CONTACTS)
    histories = await shop.histories(campaign)

    assert len(histories) == 2
    cohort = histories[0]
    assert len(cohort.events) < 40
    assert sum(event.ByteSize() for event in cohort.events) < 50_000
    for history in histories:
        text = history.to_json()
        for secret in ("example.com", "+39320", "Firstname"):
            assert secret not in text


async def test_an_operator_finds_a_cohort_and_reads_where_its_contacts_stand(
    shop: Shop, temporal_client: Client
) -> None:
    """Journey, plan and lane are search attributes; the summary names the journey and its version."""
    shop.people(3)
    published = shop.publish("coupon")
    shop.plan_campaign(published)
    await shop.until(lambda: shop.inside("ended") == 3)

    (history,) = await shop.histories()
    described = await temporal_client.get_workflow_handle(history.workflow_id).describe()

    found = {
        name: described.typed_search_attributes.get(SearchAttributeKey.for_keyword(name))
        for name in ("WendJourney", "WendPlan", "WendLane")
    }
    assert found == {
        "WendJourney": published.journey_name,
        "WendPlan": str(published.id),
        "WendLane": "bulk",
    }
    assert await described.static_summary() == f"{published.journey_name}, version 1, bulk lane"
