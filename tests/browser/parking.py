"""People who are parked because their provider is not well: at a push notification, which no other test of this tier sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import and_, select, update

from engine.store.database import Database
from engine.store.tables import account, message
from tests.browser.office import Body, Office, eventually
from tests.browser.stack import Stack

PUSH = "sandbox-push"
_PASSED = 1

TELLING: Body = {
    "schema": 1,
    "nodes": {
        "start": {"type": "campaign", "name": "Campaign", "position": {"x": 0, "y": 0}},
        "push": {
            "type": "send_push", "name": "Tell them", "config": {"template": "news"}, "position": {"x": 240, "y": 0},
        },
        "out": {"type": "exit", "name": "Told", "config": {"result": "told"}, "position": {"x": 480, "y": 0}},
    },
    "edges": {
        "e1": {"from": "start", "port": "entered", "to": "push"},
        "e2": {"from": "push", "port": "sent", "to": "out"},
    },
    "templates": {
        "news": {"channel": "push", "title": "News", "text": "Look, {{ contact.first_name }}", "link": "https://shop.example.com"},
    },
}  # fmt: skip
"""A journey that tells each by push, and ends."""


@contextmanager
def refused(office: Office, name: str, people: list[str]) -> Iterator[str]:
    """A journey in which these people, by their first names, are parked, since the provider has refused the account. In the
    block the account is mended. Gives the journey."""
    office.call("PATCH", f"/accounts/{PUSH}", {"behaviour": {"share": {"auth": 1}}})
    try:
        journey = _launched(office, name, people)
        _all_parked(office, journey, len(people))
        office.call("PATCH", f"/accounts/{PUSH}", {"behaviour": {}, "repaired": True})
        yield journey
    finally:
        office.call("PATCH", f"/accounts/{PUSH}", {"behaviour": {}, "repaired": True})


@contextmanager
def unconfirmed(office: Office, stack: Stack, name: str, people: list[str]) -> Iterator[str]:
    """A journey in which these people are parked, since nobody knows whether their messages went out: the provider never
    answered, does not recognise what it was asked before, and the time in which it may still say so is over. In the block
    it is well. Gives the journey."""
    office.call("PATCH", f"/accounts/{PUSH}", {"behaviour": {"share": {"time_out": 1}}})
    try:
        journey = _launched(office, name, people)
        with closing(Database(stack.folder.database_url)) as database:
            eventually("the silence", lambda: _silent_for_long(database, journey, len(people)))
        _all_parked(office, journey, len(people))
        yield journey
    finally:
        office.call("PATCH", f"/accounts/{PUSH}", {"behaviour": {}})


def meet(office: Office, name: str, people: list[str]) -> list[str]:
    """Contacts of these first names with a device each, in a segment of this name. Gives their external ids."""
    ids = [f"{name} {one}" for one in people]
    office.people(
        {
            user: {"firstName": one, "push_token": f"device of {user}"}
            for user, one in zip(ids, people, strict=True)
        }
    )
    office.segment(name, ids)
    return ids


def _launched(office: Office, name: str, people: list[str]) -> str:
    journey = office.publish(TELLING | {"name": name})
    meet(office, name, people)
    office.launch(journey, name)
    return journey


def _all_parked(office: Office, journey: str, count: int) -> None:
    eventually("everybody parked", lambda: office.numbers(journey)["parked"], lambda seen: seen == count)


def _silent_for_long(database: Database, journey: str, count: int) -> bool:
    """Let the hour pass in which a provider may still confirm: for all of them at once, or for none yet."""
    theirs = and_(message.c.journey == int(journey), message.c.state == "unknown")
    with database.write() as connection:
        if len(connection.execute(select(message.c.send_key).where(theirs)).all()) < count:
            return False
        connection.execute(update(message).where(theirs).values(deadline=_PASSED))
        forgetful = {"recognises_keys": False}
        connection.execute(update(account).where(account.c.name == PUSH).values(behaviour=forgetful))
    return True
