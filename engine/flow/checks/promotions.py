"""Promotions that exist, and can be used."""

import re
from collections.abc import Iterator

from engine.flow.asked import Closest
from engine.flow.condition_moment import moment
from engine.flow.diagnostic import Diagnostic, diagnostic, meant, quoted
from engine.flow.document import Promotion
from engine.flow.repairs import named
from engine.flow.resolve import Resolved
from engine.flow.world import World

_OFFSET = re.compile(r"T.*(Z|[+-][0-9]{2}:[0-9]{2})$")


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find promotions that do not exist, whose dates make no sense, or that are over."""
    known = {**world.promotions, **resolved.flowchart.promotions}
    seen: set[str] = set()
    guess = Closest(known)
    for node in resolved.nodes.values():
        for place, name in node.names("promotion"):
            if name not in known:
                close = guess.to(name)
                patch = named(node, place, close)
                yield diagnostic(
                    "unknown-promotion", node, field=place, name=quoted(name), meant=meant(close), patch=patch
                )
                continue
            wrong = _wrong_dates(known[name])
            ends = moment(known[name].ends_at or "")
            if wrong and name not in seen:
                yield diagnostic("promotion-dates", node, field=place, name=quoted(name), detail=wrong)
            elif not wrong and ends is not None and world.now is not None and ends <= world.now:
                yield diagnostic(
                    "promotion-over", node, field=place, name=quoted(name), date=known[name].ends_at
                )
            seen.add(name)


def _wrong_dates(promotion: Promotion) -> str | None:
    for word, text in (("start", promotion.starts_at), ("end", promotion.ends_at)):
        if text is not None and moment(text) is None:
            return f"its {word}, {quoted(text)}, cannot be read"
        if text is not None and not _OFFSET.search(text):
            return f"its {word}, {quoted(text)}, does not say its time and offset from UTC"
    starts, ends = moment(promotion.starts_at or ""), moment(promotion.ends_at or "")
    if starts is not None and ends is not None and ends <= starts:
        return "it ends before it starts"
    return None
