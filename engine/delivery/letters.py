"""Letters: what a send node's config makes of a batch, rendered and addressed, before anything is claimed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.content.messages import Rendered, contexts_for, render_message
from engine.content.promotions import end_of, moment_after
from engine.delivery import ledger
from engine.delivery.outcomes import Outcomes
from engine.flow.plan import Plan
from engine.journey.host import Stuck, Went
from engine.journey.traveller import Traveller
from engine.store.batch import Batch, Person

Policy = Literal["go_on", "park"]


@dataclass(frozen=True, slots=True)
class Sending:
    """What a send node's config says. `valid_until` is an ISO instant; `on_unknown` what follows an unknown outcome."""

    channel: Literal["email", "sms", "push"]
    template: str
    account: str
    promotion: str | None = None
    on_unknown: Policy = "park"
    valid_until: str | None = None


class Letter(NamedTuple):
    """A message ready to go: one traveller, one recipient. A traveller with several devices has one for each."""

    traveller: Traveller
    key: str
    address: str
    content: Rendered


def letters_of(batch: Batch, sending: Sending, outcomes: Outcomes) -> list[Letter]:
    """Render for everyone who can be reached in time; the others get their port at once."""
    reachable: list[tuple[Traveller, Sequence[str]]] = []
    # By now, where the leg has waited: an offer that has ended is not sent because it was due before.
    expired = too_late(batch.plan, sending.promotion, sending.valid_until, max(batch.due, batch.later(0)))
    begun = _begun(batch, sending, expired=expired)
    for traveller in batch.travellers:
        person = batch.people.get(traveller.contact)
        addresses = () if person is None else addresses_of(person, sending.channel)
        addresses = begun.get(traveller.strand, addresses)
        if expired and traveller.strand not in begun:
            outcomes.add(traveller.strand, Went("expired"))
        elif not addresses:
            outcomes.add(traveller.strand, Went("unreachable"))
        else:
            reachable.append((traveller, addresses))
    if not reachable:
        return []
    contexts = contexts_for(
        batch, [traveller for traveller, _ in reachable], sending.template, sending.promotion
    )
    rendered = render_message(batch.plan.templates[sending.template], contexts)
    letters = []
    for (traveller, addresses), content in zip(reachable, rendered, strict=True):
        if isinstance(content, str):
            outcomes.add(traveller.strand, Stuck(content))
            continue
        for address in addresses:
            key = send_key(batch, traveller, sending.channel, address)
            letters.append(Letter(traveller, key, address, content))
    return letters


def _begun(batch: Batch, sending: Sending, *, expired: bool) -> dict[int, list[str]]:
    """Where the messages of this very visit go that may have left already.

    Whoever's contact was merged into another since, keeps that contact's address; and so does, with a message that may have
    left, whoever has another address since: by another one the message would have another key, and be sent twice. And what
    may have left before its offer ended, has not expired.
    """
    asked = {
        one.strand: one
        for one in batch.travellers
        if expired or one.origin is not None or _may_have_moved(batch, sending, one)
    }
    if not asked:
        return {}
    with batch.database.read() as connection:
        rows = ledger.begun(
            connection, {t.contact for t in asked.values()}, asked, batch.node_id, sending.channel
        )
    found: dict[int, list[str]] = {}
    for row in rows:
        one = asked[row.strand]
        # What has not left may still expire, and go to the new address.
        unsent = row.state in ledger.WAITING and (expired or one.origin is None)
        if row.visit == one.visit and not unsent:
            found.setdefault(row.strand, []).append(row.address)
    return found


def _may_have_moved(batch: Batch, sending: Sending, traveller: Traveller) -> bool:
    """Whether the contact may have got another address since it came to this node; of several devices each has its message."""
    person = batch.people.get(traveller.contact)
    return sending.channel != "push" and person is not None and person.updated_at >= traveller.at


def too_late(plan: Plan, promotion: str | None, valid_until: str | None, at: int) -> bool:
    """Whether a message is sent no more at an instant: its promotion, or its own validity, has ended."""
    timezone = plan.settings.timezone
    ends = [moment_after(valid_until, timezone)]
    if promotion is not None:
        ends.append(end_of(plan.promotions[promotion], timezone))
    return any(end is not None and at >= end for end in ends)


def addresses_of(person: Person, channel: str) -> Sequence[str]:
    """Where a person is reached on a channel: one address, for push each of their devices, or nothing."""
    if channel == "email":
        return (person.email,) if person.email else ()
    if channel == "sms":
        return (person.phone,) if person.phone else ()
    listed = person.attributes.get("push_tokens")
    tokens = [person.attributes.get("push_token"), *(listed if isinstance(listed, list) else ())]
    return tuple(dict.fromkeys(token for token in tokens if isinstance(token, str) and token))


def send_key(batch: Batch, traveller: Traveller, channel: str, address: str) -> str:
    """strand/node/visit/channel/recipient; the recipient as a hash, since the key travels to providers."""
    recipient = hashlib.blake2b(address.encode(), digest_size=6).hexdigest()
    return f"{batch.key(traveller)}/{channel}/{recipient}"
