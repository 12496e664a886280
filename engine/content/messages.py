"""Messages: a template's words for many contacts at once, and what they may say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from engine.content.coupons import GIVEN, link_with
from engine.content.templates import Kind, ParsedTemplate, TemplateProblem, parse
from engine.flow.checks.template_words import NEEDED
from engine.flow.document import Promotion, Template
from engine.journey.time import iso
from engine.journey.traveller import Traveller
from engine.store.batch import Batch
from engine.store.fetch import Query
from engine.store.sets import among, among_given
from engine.store.tables import coupon, enrolment, step

Rendered = dict[str, str]
"""The parts of a message: subject, html, text, title, link."""

KINDS: dict[str, Kind] = {"subject": "line", "title": "line", "link": "line", "html": "html", "text": "text"}

VARIABLES = (
    "contact.external_id", "contact.email", "contact.phone", "contact.first_name", "contact.last_name",
    "contact.timezone", "contact.locale", "contact.attributes.*", "promotion.id", "promotion.name",
    "promotion.discount_percent", "promotion.products", "promotion.starts_at", "promotion.ends_at", "promotion.link",
    "coupon.code", "coupon.expires_at", "coupon.discount_percent", "coupon.promotion", "coupon.link", "event.*",
    "journey.name", "journey.timezone", "journey.values.*",
)  # fmt: skip
"""What a template may read."""


_COUPONS = Query(
    select(coupon.c.root, coupon.c.code, coupon.c.promotion, coupon.c.expires_at, coupon.c.issued_at).where(
        among_given(coupon.c.root, "roots")
    )
)


def parts(template: Template) -> dict[str, ParsedTemplate]:
    """The template's parts, parsed."""
    sources = {name: getattr(template, name) for name in KINDS}
    return {name: parse(source, KINDS[name]) for name, source in sources.items() if source}


def reads(template: Template) -> frozenset[str]:
    """The variables that any part of the template reads, as dotted paths."""
    return frozenset(name for part in parts(template).values() for name in part.variables)


def written_value(source: str, facts: Mapping[str, Any]) -> str | int | float:
    """What a template writes into a field of a profile: a number stays one. TemplateProblem as for messages."""
    return parse(source.strip(), "value").value(facts)


def render_message(template: Template, contexts: Sequence[Mapping[str, Any]]) -> list[Rendered | str]:
    """Every context's message; the cause of its being parked in place of one that could not be rendered, or says nothing."""
    rendered: list[Rendered | str] = [{} for _ in contexts]
    for name, part in parts(template).items():
        for index, text in enumerate(part.render_many(contexts)):
            message = rendered[index]
            if isinstance(message, str):
                continue
            if isinstance(text, TemplateProblem):
                rendered[index] = text.cause
            else:
                message[name] = text
    for index, message in enumerate(rendered):
        if not isinstance(message, str) and (problem := unsaid(template, message)) is not None:
            rendered[index] = problem.cause
    return rendered


def unsaid(template: Template, message: Rendered) -> TemplateProblem | None:
    """What is wrong with a message that came out without the words that its channel needs: it is not sent empty."""
    for group in NEEDED[template.channel]:
        empty = False
        for part in group:
            text = message.get(part)
            if text is not None:
                if text and not text.isspace():
                    break
                empty = True
        else:
            if empty:
                return TemplateProblem(
                    "empty",
                    f"The {group[-1]} comes out empty for this contact. Write something for those of whom nothing is known.",
                )
    return None


def contexts_for(
    batch: Batch, travellers: Sequence[Traveller], template: str, promotion: str | None
) -> list[dict[str, Any]]:
    """What the template may read, for each traveller: contact, promotion, coupon, event, journey."""
    names = reads(batch.plan.templates[template])
    coupons = (
        _coupons(batch, travellers, promotion) if any(name.startswith("coupon") for name in names) else {}
    )
    wants_values = any(name.startswith("journey.values") for name in names)
    offer = promotion_facts(promotion, batch.plan.promotions[promotion]) if promotion is not None else None
    wants_event = any(name.startswith("event") for name in names)
    everybodys = journey_facts(batch.journey_name, batch.plan.settings.timezone, {})
    contexts = []
    for traveller in travellers:
        context: dict[str, Any] = {"contact": batch.people[traveller.contact].facts(), "journey": everybodys}
        if offer is not None:
            context["promotion"] = offer
        if traveller.root in coupons:
            context["coupon"] = coupons[traveller.root]
        if wants_event and traveller.trigger is not None:
            context["event"] = event_facts(traveller.trigger)
        if wants_values:
            context["journey"] = {**everybodys, "values": batch.values.get(traveller.root, {})}
        contexts.append(context)
    return contexts


def journey_facts(name: str, timezone: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A journey as templates see it. Its zone is the one in which dates are shown to a contact who has none."""
    return {"name": name, "timezone": timezone, "values": values}


def event_facts(trigger: Mapping[str, Any]) -> dict[str, Any]:
    """The trigger's event as templates see it: its properties stand beside its name, as conditions ask for them, and
    under `properties`, where one is called like something of the event's own."""
    properties = trigger.get("properties")
    return {**(properties if isinstance(properties, Mapping) else {}), **trigger}


def promotion_facts(name: str, promotion: Promotion) -> dict[str, Any]:
    """A promotion as templates see it. Absent dates are absent, so that a default can stand in."""
    facts = {"id": name, **promotion.model_dump(mode="json", exclude_none=True)}
    facts.pop("coupon_valid_for", None)
    facts["discount_percent"] = discount_of(promotion)
    return facts


def discount_of(promotion: Promotion) -> int | float:
    """The discount as people write it: 20, and not 20.0."""
    percent = promotion.discount_percent
    return int(percent) if percent == int(percent) else percent


_instant_text = lru_cache(maxsize=1024)(iso)
"""The codes of one leg end at the same few instants."""


def coupon_facts(code: str, name: str, offer: Promotion, expires_at: int | None) -> dict[str, Any]:
    """A coupon as templates see it."""
    facts: dict[str, Any] = {"code": code, "promotion": name, "discount_percent": discount_of(offer)}
    if expires_at is not None:
        facts["expires_at"] = _instant_text(expires_at)
    if offer.link:
        facts["link"] = link_with(offer.link, code)
    return facts


def _coupons(
    batch: Batch, travellers: Sequence[Traveller], promotion: str | None
) -> dict[int, dict[str, Any]]:
    """The coupons of these enrolments: of the given promotion, else the latest; of two given at one instant that whose
    node was passed later."""
    found: dict[int, dict[str, Any]] = {}
    with batch.database.read() as connection:
        rows = _COUPONS.rows(connection, roots={traveller.root for traveller in travellers})
        passed = _passed(connection, batch, _tied(rows)) if promotion is None else {}
        for root, code, name, expires_at, _ in sorted(
            rows, key=lambda row: (row[4], passed.get((row[0], row[2]), ()), row[1])
        ):
            offer = batch.plan.promotions.get(name)
            if offer is None or (promotion is not None and name != promotion):
                continue
            found[root] = coupon_facts(code, name, offer, expires_at)
    return found


def _tied(rows: Iterable[Sequence[Any]]) -> set[int]:
    """The enrolments with several coupons of one instant."""
    times = Counter((row[0], row[4]) for row in rows)
    return {root for (root, _), count in times.items() if count > 1}


def _passed(
    connection: Connection, batch: Batch, roots: set[int]
) -> dict[tuple[int, str], tuple[int, int, int]]:
    """When a node that gives a promotion's code was first passed: {(root, promotion): what can be compared}."""
    gives = {
        node: str(drawn.config["promotion"])
        for node, drawn in batch.plan.nodes.items()
        if GIVEN in drawn.ports and drawn.config.get("promotion")
    }
    if not roots or not gives:
        return {}
    root_of = {root: root for root in roots}
    family = select(enrolment.c.id, enrolment.c.root).where(among(enrolment.c.root, roots))
    root_of |= {row.id: row.root for row in connection.execute(family)}
    rows = connection.execute(
        select(step.c.strand, step.c.node, step.c.at, step.c.no).where(
            among(step.c.strand, root_of), step.c.node.in_(sorted(gives)), step.c.port == GIVEN
        )
    )
    found: dict[tuple[int, str], tuple[int, int, int]] = {}
    for strand, node, at, number in rows:
        place, rank = (root_of[strand], gives[node]), (at, number, strand)
        found[place] = min(rank, found.get(place, rank))
    return found
