"""Rules outside all journeys: an event that tags its contact, and so puts it into the segment of that tag."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.audience.events import Recorded, brought_by
from engine.audience.facts import read_facts
from engine.audience.segments import read_segment
from engine.audience.tags import add_tag, checked_tag, tag_news
from engine.flow.condition import (
    Condition,
    ConditionError,
    InSegment,
    condition_json,
    needs,
    parse_condition,
    walk,
)
from engine.flow.condition_eval import Facts, compile_condition
from engine.store.batch import News
from engine.store.ids import new_id
from engine.store.tables import rule, segment

ACTIVE = "ATTIVO"
"""The rule that ships: who opens an email is tagged, and in the segment of the same name."""


class UnknownRule(LookupError):
    """There is no such rule. Look up its id among the rules."""


class RuleNameTaken(ValueError):
    """Another rule has this name. Choose another one."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule, ready to be asked."""

    name: str
    event: str
    tag: str
    condition: Condition | None
    test: Callable[[Facts], bool] | None


def create_rule(
    connection: Connection, name: str, event: str, tag: str,
    condition: Condition | Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Make a rule: when `event` happens to a contact who fits `condition`, the contact gets `tag`. Gives its id.

    RuleNameTaken; ValueError for a tag that cannot be one; ConditionError for a condition that cannot be read, or asked at
    an event; UnknownSegment for a segment that it names.
    """
    if connection.scalar(select(rule.c.id).where(rule.c.name == name)) is not None:
        raise RuleNameTaken(f'There is a rule called "{name[:40]}" already. Choose another name.')
    parsed = parse_condition(condition) if isinstance(condition, Mapping) else condition
    if parsed is not None:
        _check(connection, parsed)
    number = new_id()
    plain = None if parsed is None else condition_json(parsed)
    connection.execute(
        insert(rule).values(
            id=number, name=name, event=event, condition=plain, tag=checked_tag(tag), enabled=True
        )
    )
    return number


def _check(connection: Connection, condition: Condition) -> None:
    """A rule is asked at every event of its name: one that cannot be answered would keep the event out."""
    if "anchor" in needs(condition):
        raise ConditionError(
            "A rule stands outside all journeys, so that nothing counts since an entry. Leave since_anchor out."
        )
    for part in walk(condition):
        if isinstance(part, InSegment):
            read_segment(connection, part.segment)


def switch_rule(connection: Connection, number: int, *, on: bool) -> None:
    """Switch a rule on or off. Tags that it has given stay. UnknownRule."""
    if not connection.execute(update(rule).where(rule.c.id == number).values(enabled=on)).rowcount:
        raise _unknown(number)


def remove_rule(connection: Connection, number: int) -> None:
    """Remove a rule. Tags that it has given stay. UnknownRule."""
    if not connection.execute(delete(rule).where(rule.c.id == number)).rowcount:
        raise _unknown(number)


def _unknown(number: int) -> UnknownRule:
    return UnknownRule(f"There is no rule {number}. Look up its id among the rules.")


def ensure_rules(connection: Connection, now: int) -> None:
    """Give the installation the rule and the segment that ship, once: who removes or changes them is not overruled."""
    known = connection.scalar(select(rule.c.id).where(rule.c.name == ACTIVE))
    taken = connection.scalar(select(segment.c.id).where(segment.c.name == ACTIVE))
    if known is None and taken is None:
        create_rule(connection, ACTIVE, "message.opened", ACTIVE)
        connection.execute(
            insert(segment).values(id=new_id(), name=ACTIVE, kind="tag", tag=ACTIVE, created_at=now)
        )


def read_rules(connection: Connection) -> list[Rule]:
    """The rules that are switched on."""
    rows = connection.execute(select(rule).where(rule.c.enabled).order_by(rule.c.id))
    found = []
    for row in rows:
        condition = None if row.condition is None else parse_condition(row.condition)
        test = None if condition is None else compile_condition(condition)
        found.append(Rule(row.name, row.event, row.tag, condition, test))
    return found


def apply_rules(
    connection: Connection, rules: Mapping[str, Sequence[Rule]], events: Sequence[Recorded], now: int
) -> list[News]:
    """Tag the contacts of events ({event name: rules}), and give what came about: a tag that was there is no news. It came
    by the event that tagged the contact, and through the journeys through which that one came.

    The events are in the table and their contacts locked.
    """
    asked = [
        (one, each)
        for one in sorted(events, key=lambda one: one.moment)
        if one.contact is not None
        for each in rules.get(one.name, ())
    ]
    if not asked:
        return []
    conditions = [each.condition for _, each in asked if each.condition is not None]
    facts = read_facts(connection, conditions, events, now) if conditions else None
    first: dict[str, dict[int, Recorded]] = {}
    for one, each in asked:
        if each.test is None or (facts is not None and each.test(facts.of(one))):
            first.setdefault(each.tag, {}).setdefault(one.contact or 0, one)
    news: list[News] = []
    for name, by in sorted(first.items()):
        changes = [(who, name, by[who].at) for who in add_tag(connection, by, name, now)]
        news += [brought_by(by[one.contact], one) for one in tag_news(connection, changes)]
    return news
