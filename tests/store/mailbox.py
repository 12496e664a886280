"""A mailbox between the world and the sandbox: it sees every request, and has a say in the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from typing import Any

import pytest
from sqlalchemy import update

from engine.delivery.provider import Outgoing, Receipt
from engine.delivery.sandbox import Sandbox
from engine.enrolment.scope import StoreScope
from engine.store.tables import account
from tests.store.world import World, send
from tests.unit.journey.build import enter, leave, plan, rest

MAILING = plan(
    start=enter("mail"),
    mail=send(sent="r", rejected="no", unknown="lost"),
    r=rest("9 days", None),
    no=leave("rejected"),
    lost=leave("lost"),
)


class Mailbox(Sandbox):
    """The sandbox, with a look at each request and a say in its answer. `asked` has the instant of each request."""

    def __init__(self, world: World, answer: Callable[[Outgoing], Receipt | None] | None = None) -> None:
        super().__init__(world.database)
        self.asked: list[tuple[int, str]] = []
        self.late: Callable[[], object] = lambda: None
        self._world = world
        self._answer = answer

    def send(self, requests: Sequence[Outgoing]) -> list[Receipt]:
        """Answer, where there is an answer; else let the sandbox do so. `late` happens while the request is under way."""
        self.asked += [(self._world.now, request.send_key) for request in requests]
        receipts = []
        for request in requests:
            answer = self._answer(request) if self._answer is not None else None
            receipts.append(answer if answer is not None else super().send([request])[0])
        self.late()
        return receipts


def mailbox(world: World, answer: Callable[[Outgoing], Receipt | None] | None = None) -> Mailbox:
    """Put it between the world and the sandbox."""
    made = Mailbox(world, answer)
    world.runtime.services = {"providers": {"sandbox": made}}
    return made


def fail_one_step(monkeypatch: pytest.MonkeyPatch, sent: Sized) -> None:
    """The first transaction that writes steps after something was sent fails, and no other."""
    write = StoreScope.write

    def fail_once(scope: StoreScope) -> None:
        if sent:
            monkeypatch.setattr(StoreScope, "write", write)
            raise ValueError("the disk is full")
        write(scope)

    monkeypatch.setattr(StoreScope, "write", fail_once)


def behave(world: World, **values: Any) -> None:
    """Change the account."""
    with world.database.write() as connection:
        connection.execute(update(account).where(account.c.name == "sandbox-email").values(**values))
