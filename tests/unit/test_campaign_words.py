"""What Temporal's UI says of a campaign."""

from __future__ import annotations

from workers.campaigns import Wanted, _schedule_of


def test_a_campaign_without_a_name_is_known_by_its_journey() -> None:
    """An operator sees of which journey it is, at its schedule, too."""
    made = _schedule_of(Wanted(7, "", "planned", "0 9 * * 1", None, False, "Welcome", "UTC"))

    assert made.action.static_summary == "a campaign of Welcome: a firing of its schedule"  # type: ignore[attr-defined]
