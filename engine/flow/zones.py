"""Names of time zones."""

from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    # "localtime" is this machine's own zone: the same plan would run differently on two machines.
    return frozenset(available_timezones() - {"localtime"})


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA list, such as "Europe/Rome"."""
    return name in _names()


def closest_zone(name: str) -> str | None:
    """The zone that somebody who wrote `name` may have meant."""
    by_fold = {zone.casefold(): zone for zone in sorted(_names())}
    wanted = name[:60].strip().replace(" ", "_").casefold()
    found = get_close_matches(wanted, by_fold, n=1, cutoff=0.6)
    if found:
        return by_fold[found[0]]
    cities = {zone.rpartition("/")[2]: by_fold[zone] for zone in by_fold}
    found = get_close_matches(wanted, cities, n=1, cutoff=0.8)
    return cities[found[0]] if found else None
