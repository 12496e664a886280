"""Why somebody got a message: step by step in words, from the rows that the protocol wrote. Nothing is kept for its sake."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from engine.content.messages import discount_of
from engine.enrolment.plans import Plans, Published
from engine.enrolment.reasons import after_colon, unsent_words
from engine.flow.condition_words import describe
from engine.flow.plan import (
    Act,
    Arm,
    Ask,
    Draw,
    Enter,
    Exit,
    Fork,
    Goal,
    Merge,
    Repeat,
    RestFor,
    RestUntil,
    Wait,
)
from engine.store.sets import among
from engine.store.tables import campaign, consent, coupon, enrolment, event, message, plan, step

Kind = Literal["entered", "version", "passed", "content", "allowed", "sent"]


class UnknownMessage(LookupError):
    """There is no such message. Look its send key up in a timeline."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the answer. `at` is a business instant, where it has one; `node` the node that it is about."""

    kind: Kind
    words: str
    at: int | None = None
    node: str | None = None


def why(connection: Connection, plans: Plans, send_key: str) -> list[Reason]:
    """The answer, in order: how the contact entered, what decided at each node, what the message was made of, what allowed
    it, and what became of it. UnknownMessage where there is none."""
    return list(_Answer(connection, plans, read_ledger_row(connection, send_key)).reasons())


def read_ledger_row(connection: Connection, send_key: str) -> Row[Any]:
    """A message's row. UnknownMessage where there is none."""
    row = connection.execute(select(message).where(message.c.send_key == send_key)).one_or_none()
    if row is None:
        raise UnknownMessage("There is no such message. Look its send key up in a timeline.")
    return row


class _Answer:
    def __init__(self, connection: Connection, plans: Plans, row: Row[Any]) -> None:
        self._connection = connection
        self._row = row
        self._published: Published = plans.get(connection, row.plan)
        strand = connection.execute(select(enrolment).where(enrolment.c.id == row.strand)).one()
        self._root: Row[Any] = (
            strand
            if strand.root is None
            else connection.execute(select(enrolment).where(enrolment.c.id == strand.root)).one()
        )
        self._strand = strand

    def reasons(self) -> Iterator[Reason]:
        yield self._entered()
        yield self._version()
        yield from self._passed()
        yield from self._content()
        yield from self._allowed()
        yield from self._sent()

    # ------------------------------------------------------------------------------------------- how it came here

    def _entered(self) -> Reason:
        row = self._root
        kind, _, number = row.cause.partition(":")
        how = ""
        if kind == "campaign" and number.isdecimal():
            name = self._connection.scalar(select(campaign.c.name).where(campaign.c.id == int(number)))
            how = f', by the campaign "{name}"' if name else ", by a campaign"
        elif kind == "api":
            how = ", as a program asked for it"
        elif row.trigger and row.trigger.get("name"):
            how = f", as {row.trigger['name']} happened"
        return Reason("entered", f'Entered "{self._published.journey_name}"{how}.', row.entered_at)

    def _version(self) -> Reason:
        row = self._connection.execute(
            select(plan.c.published_at, plan.c.published_by).where(plan.c.id == self._row.plan)
        ).one()
        by = f" by {row.published_by}" if row.published_by else ""
        words = f"It went by version {self._published.number}, published{by}, which has not changed since."
        return Reason("version", words, row.published_at)

    def _passed(self) -> Iterator[Reason]:
        rows = self._steps()
        names = self._events([row.cause for row in rows])
        for row in rows:
            yield Reason("passed", self._decided(row, names), row.at, row.node)

    def _steps(self) -> Sequence[Row[Any]]:
        """The steps before the message, of its strand and of those that it came from."""
        found: list[Row[Any]] = []
        strand, before = self._strand, self._row.visit
        while True:
            mine = select(step).where(step.c.strand == strand.id, step.c.no < before)
            found = [*self._connection.execute(mine.order_by(step.c.no)).all(), *found]
            if strand.parent is None:
                return found
            # The parent's step at its fork has the fork's visit as its number, or one above.
            before = (strand.fork or 0) + 1
            strand = self._connection.execute(select(enrolment).where(enrolment.c.id == strand.parent)).one()

    def _events(self, causes: Sequence[str]) -> dict[str, str]:
        rows = self._connection.execute(
            select(event.c.message_id, event.c.name).where(among(event.c.message_id, set(causes)))
        )
        return {row.message_id: row.name for row in rows}

    def _decided(self, row: Row[Any], names: dict[str, str]) -> str:
        node = self._published.plan.nodes.get(row.node)
        if node is None:
            return f'Passed a node that this version does not have, by "{_plain(row.port)}".'
        label, port = f'"{node.label}"', f'"{_plain(row.port)}"'
        match node.operation:
            case Wait() as wait:
                return f"At {label}: {_waited(wait, row.cause, names)}, so it went on by {port}."
            case Ask() as ask:
                return f"At {label} it was asked whether the contact {_asked(ask, row.port)}: {port}."
            case Act():
                return f"{label} was done, with the outcome {port}."
            case Enter() | Exit():
                return self._reached(row, label, port, names)
            case other:
                return f"At {label} {_directed(other, port)}."

    def _reached(self, row: Row[Any], label: str, port: str, names: dict[str, str]) -> str:
        goal: Goal | None = next((one for one in self._published.plan.goals if one.node == row.node), None)
        if goal is not None:
            what = names.get(row.cause, _awaited(goal.arms))
            return f"The goal {label} was reached, as {what} happened."
        return f"It began at {label}." if port == '"entered"' else f"Left {label} by {port}."

    # ------------------------------------------------------------------------------------------- the message itself

    def _content(self) -> Iterator[Reason]:
        row, node = self._row, self._published.plan.nodes.get(self._row.node)
        label = node.label if node is not None else row.node
        words = f'So it came to "{label}"'
        if row.template:
            words += f', which made the message from the template "{row.template}" of version {self._published.number}'
        offer = self._published.plan.promotions.get(row.promotion or "")
        if offer is not None:
            words += f', with the promotion "{offer.name}" ({row.promotion}, {discount_of(offer)} % off)'
        yield Reason("content", f"{words}.", row.created_at, row.node)
        codes = self._connection.execute(
            select(coupon).where(coupon.c.root == self._root.id, coupon.c.issued_at <= row.created_at)
        )
        for one in codes:
            used = ", used since" if one.redeemed_at is not None else ""
            text = f"By then this contact had the code {one.code} for {one.promotion}{used}."
            yield Reason("content", text, one.issued_at)

    def _allowed(self) -> Iterator[Reason]:
        row, channel = self._row, self._row.channel
        if row.state == "suppressed":
            yield Reason("allowed", f"It was held back in the last moment{after_colon(row)}.", row.settled_at)
            return
        said = self._connection.execute(
            select(consent).where(consent.c.contact == row.contact, consent.c.channel == channel)
        ).one_or_none()
        if said is None:
            word = "nothing was ever said against it, and then sending is allowed"
        elif said.at > row.created_at:
            word = "it was allowed at that moment; the contact has said otherwise only since"
        else:
            word = f"the contact's word was {said.state}"
        if row.state in ("planned", "retry_at", "cancelled"):
            return
        yield Reason(
            "allowed", f"Asked last of all before it left, consent to {channel}: {word}.", row.created_at
        )
        cap = "No cap on messages was in force: there is none in this version of Wend."
        yield Reason("allowed", f"The address was on no list of those not to write to. {cap}", row.created_at)

    def _sent(self) -> Iterator[Reason]:
        row = self._row
        at = row.settled_at or row.created_at
        fate = {
            "accepted": f"The account {row.account} took it for {row.address}.",
            "rejected": f"The account {row.account} refused it: {row.reason}.",
            "unknown": "It may have been sent: the provider gave no answer yet.",
            "unconfirmed": "It may have been sent: nothing was ever heard of it.",
            "sending": "It is being sent.",
            "cancelled": f"It was cancelled{after_colon(row)}.",
        }.get(row.state)
        if row.state in ("planned", "retry_at"):
            fate = f"It {unsent_words(row, self._strand)}."
        if fate is not None:
            yield Reason("sent", fate, at)
        for name in ("delivered", "opened", "clicked", "bounced", "complained"):
            moment = getattr(row, f"{name}_at")
            if moment is not None:
                yield Reason(
                    "sent", f"It was {name}." if name != "complained" else "It was complained of.", moment
                )


def _awaited(arms: Sequence[Arm]) -> str:
    names = [
        f"{name} ({describe(arm.where)})" if arm.where is not None else name
        for arm in arms
        for name in arm.events
    ]
    return " or ".join(dict.fromkeys(names))


def _waited(wait: Wait, cause: str, names: dict[str, str]) -> str:
    if cause in names:
        return f"{names[cause]} happened"
    if cause == "timeout":
        return f"{_awaited(wait.arms)} did not happen until the time was up"
    return f"{_awaited(wait.arms)} had happened before"


def _asked(ask: Ask, port: str) -> str:
    held = next((one.condition for one in ask.branches if one.port == port), None)
    if held is not None:
        return f"{describe(held)}. It was so"
    return f"{'; or '.join(describe(one.condition) for one in ask.branches)}. It was not so"


def _directed(operation: RestFor | RestUntil | Draw | Fork | Merge | Repeat, port: str) -> str:
    match operation:
        case RestFor(duration=duration):
            return f"it stood still for {duration}, and went on by {port}"
        case RestUntil():
            return f"it stood still until the moment came, and went on by {port}"
        case Draw():
            return f"the draw fell on {port}; for this contact it always does"
        case Fork():
            return "it went several ways at once"
        case Merge():
            return "its ways met again"
        case Repeat(most=most):
            return f"it may go round {most} times, and went on by {port}"


def _plain(port: str) -> str:
    return port.replace("_", " ")
