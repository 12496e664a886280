"""When a promotion ends, in the journey's own days, and where its link leads with a code."""

import pytest

from engine.content.coupons import link_with
from engine.content.promotions import end_of
from engine.flow.document import Promotion
from engine.journey.time import instant


@pytest.mark.parametrize(
    ("ends_at", "timezone", "ends"),
    [
        ("2025-03-31", "UTC", "2025-04-01T00:00:00Z"),
        ("2025-03-31", "Europe/Rome", "2025-03-31T22:00:00Z"),
        ("2025-12-31", "America/New_York", "2026-01-01T05:00:00Z"),
        ("2025-03-31T18:00:00+02:00", "Asia/Tokyo", "2025-03-31T16:00:00Z"),
    ],
)
def test_a_day_counts_whole_and_an_instant_as_it_is(ends_at: str, timezone: str, ends: str) -> None:
    """An end that is a day lasts until its midnight where the journey is at home; an instant is taken as it is."""
    offer = Promotion(name="Spring", discount_percent=10, ends_at=ends_at)

    assert end_of(offer, timezone) == instant(ends)


def test_an_offer_without_an_end_never_ends() -> None:
    """Where no end is given there is none."""
    assert end_of(Promotion(name="Always", discount_percent=5), "UTC") is None


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ("https://shop.example.com/toys", "https://shop.example.com/toys?coupon=C0DE"),
        ("https://shop.example.com/toys?size=2", "https://shop.example.com/toys?size=2&coupon=C0DE"),
        ("https://shop.example.com/toys#top", "https://shop.example.com/toys?coupon=C0DE#top"),
        (
            "https://shop.example.com/toys?a=1#/all?b=2",
            "https://shop.example.com/toys?a=1&coupon=C0DE#/all?b=2",
        ),
    ],
)
def test_a_code_stands_in_the_query_of_its_link(link: str, leads_to: str) -> None:
    """Behind the query that there is, and before the place on the page, which browsers keep to themselves."""
    assert link_with(link, "C0DE") == leads_to
