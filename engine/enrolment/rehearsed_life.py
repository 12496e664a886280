"""What acts do in a rehearsal: messages as they would arrive, codes, tags, values in the profile; nothing is sent or kept.

A node says in its manifest what it does (`sends`, `provides`, `changes`): so nodes of any package are followed, without
their code. Whatever else an act would do, in a service outside, is not done, and the rehearsal says so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from engine.audience.consent import CHANNELS
from engine.audience.profile import read_written
from engine.audience.rules import Rule, read_rules
from engine.content.coupons import ALPHABET, LENGTH, expiry_of
from engine.content.messages import (
    coupon_facts,
    event_facts,
    journey_facts,
    parts,
    promotion_facts,
    unsaid,
    written_value,
)
from engine.content.promotions import end_of
from engine.content.templates import TemplateProblem
from engine.delivery.engagement import BOUNCED, COMPLAINED, UNSUBSCRIBED
from engine.delivery.letters import addresses_of, too_late
from engine.enrolment.rehearsed_contact import Someone, StoredSegment, read_segments, tag_segments
from engine.flow.condition import InSegment, walk
from engine.flow.condition_eval import Facts
from engine.flow.document import Template
from engine.flow.manifest import Catalog, Manifest
from engine.flow.plan import Act, Ask, Plan
from engine.journey.contact import Contact
from engine.journey.rehearsed import Done, Outgoing, Rendering
from engine.journey.traveller import Happening

Following = list[tuple[str, dict[str, Any]]]
_SOFT = frozenset({"soft", "transient", "temporary", "undetermined"})


@dataclass(frozen=True, slots=True)
class Code:
    """A coupon that the contact would have."""

    code: str
    promotion: str
    given_at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rehearsal needs of the database, read once: rules and segments."""

    rules: Sequence[Rule]
    segments: Mapping[str, StoredSegment]
    tag_segments: Mapping[str, Sequence[str]]


def read_surroundings(connection: Connection, plan: Plan) -> Surroundings:
    """The rules, and the segments for which the plan asks."""
    rules = read_rules(connection)
    asked = [
        branch.condition
        for node in plan.nodes.values()
        if isinstance(node.operation, Ask)
        for branch in node.operation.branches
    ]
    conditions = [*asked, *(rule.condition for rule in rules if rule.condition is not None)]
    names = {part.segment for one in conditions for part in walk(one) if isinstance(part, InSegment)}
    return Surroundings(rules, read_segments(connection, names), tag_segments(connection))


@dataclass
class RehearsedLife:
    """The Life of one rehearsal (`engine.journey.rehearsed`)."""

    plan: Plan
    catalog: Catalog
    journey_name: str
    someone: Someone
    around: Surroundings
    coupons: dict[str, Code] = field(default_factory=dict)
    _sent: dict[str, tuple[str, Outgoing]] = field(default_factory=dict)
    _events: Sequence[Happening] = ()

    # ------------------------------------------------------------------------------------------- the contact

    def contact(self, at: int, events: Sequence[Happening]) -> Contact:
        """The contact as it is known at an instant."""
        self._events = events
        return self.someone.contact(at, events, self.around.segments)

    def told(self, happening: Happening) -> Following:
        """Take in an event: what it says of a message, and which rules it fulfils."""
        node = None if happening.send_key is None else _node_of(happening.send_key)
        if node in self._sent:
            self._attribute(happening, node)
        self._forbid(happening, node)
        facts = Facts(
            now=happening.at,
            contact=self.someone.person.facts(),
            event={"name": happening.name, "properties": happening.properties},
            tags=frozenset(self.someone.tags),
            history=[(one.name, one.at, one.properties) for one in self._events],
        )
        following: Following = []
        for rule in self.around.rules:
            if rule.event == happening.name and (rule.test is None or rule.test(facts)):
                following += self._tag(rule.tag)
        return following

    def _attribute(self, happening: Happening, node: str) -> None:
        """What conditions may ask of an event about a message."""
        config = self.plan.nodes[node].config
        manifest = self._manifest(node)
        known = {
            "journey": self.journey_name,
            "node": node,
            "channel": self._sent[node][1].channel,
            "template": _named(manifest, config, "template"),
            "promotion": _named(manifest, config, "promotion"),
        }
        for name, value in known.items():
            if value is not None:
                happening.properties.setdefault(name, value)

    def _forbid(self, happening: Happening, node: str | None) -> None:
        sent = self._sent.get(node or "")
        channel = sent[1].channel if sent is not None else happening.properties.get("channel", "email")
        if channel not in CHANNELS:
            return
        soft = str(happening.properties.get("bounce_type", "")).lower() in _SOFT
        if happening.name == UNSUBSCRIBED:
            self.someone.refused.add(channel)
        elif happening.name == COMPLAINED or (happening.name == BOUNCED and not soft):
            address = sent[1].recipient if sent is not None else happening.properties.get("address")
            if isinstance(address, str):
                self.someone.suppressed.add((channel, address))

    def _tag(self, name: str) -> Following:
        if name in self.someone.tags:
            return []
        self.someone.tags.add(name)
        return self._tag_news(name, "added", "entered")

    def _untag(self, name: str) -> Following:
        if name not in self.someone.tags:
            return []
        self.someone.tags.remove(name)
        return self._tag_news(name, "removed", "left")

    def _tag_news(self, name: str, change: str, moved: str) -> Following:
        segments = self.around.tag_segments.get(name, ())
        return [
            (f"tag.{change}", {"tag": name}),
            *((f"segment.{moved}", {"segment": one}) for one in segments),
        ]

    # ------------------------------------------------------------------------------------------- acts

    def act(self, doing: Rendering) -> Done:
        """Do what the act's manifest says that it does."""
        manifest = self._manifest(doing.node_id)
        assert isinstance(doing.node.operation, Act)
        if doing.chosen is not None and doing.chosen != _usual(doing):
            return Done(notes=(("chosen", f'Left by "{doing.chosen}", as you chose: nothing was done.'),))
        if manifest is not None and manifest.sends is not None:
            return self._send(doing, manifest, manifest.sends)
        if manifest is not None and "coupon" in manifest.provides:
            return self._give(doing, manifest)
        if manifest is not None and manifest.changes is not None:
            return self._change(doing, manifest)
        if doing.node.operation.effect == "none":
            return Done()
        return Done(
            notes=(("outside", "Nothing was asked of any service: a rehearsal calls nobody outside."),)
        )

    def _manifest(self, node_id: str) -> Manifest | None:
        node = self.plan.nodes[node_id]
        found = self.catalog.get(node.type, node.version)
        return found or next(
            (self.catalog.get(node.type, one) for one in reversed(self.catalog.versions(node.type))), None
        )

    def _send(self, doing: Rendering, manifest: Manifest, channel: str) -> Done:
        config = doing.node.config
        promotion = _named(manifest, config, "promotion")
        template = _named(manifest, config, "template")
        addresses = addresses_of(self.someone.person, channel)
        address = addresses[0] if addresses else None
        if too_late(self.plan, promotion, config.get("valid_until"), doing.at):
            return Done("expired", notes=(("expired", "Not sent: the offer has ended."),))
        if not address:
            return Done(
                "unreachable", notes=(("unreachable", f"Not sent: {_MISSING.get(channel, 'no address')}."),)
            )
        if channel in self.someone.refused:
            return Done(
                "refused",
                notes=(("refused", f"Not sent: the contact wants no {_NAMES.get(channel, channel)}."),),
            )
        if (channel, address) in self.someone.suppressed:
            return Done(
                "refused", notes=(("refused", f"Not sent: {address} must not be written to any more."),)
            )
        if template is None or template not in self.plan.templates:
            return Done(notes=(("outside", "The node makes its own words, which only its code knows."),))
        try:
            content = self._rendered(self.plan.templates[template], doing, promotion)
        except TemplateProblem as problem:
            return Done(stuck=f"template:{problem.code}", notes=(("template", str(problem)),))
        message = Outgoing(channel, address, content)
        self._sent[doing.node_id] = (template, message)
        return Done(message=message)

    def _rendered(self, template: Template, doing: Rendering, promotion: str | None) -> dict[str, str]:
        context = self._context(doing)
        if promotion is not None:
            context["promotion"] = promotion_facts(promotion, self.plan.promotions[promotion])
        code = (
            self.coupons.get(promotion)
            if promotion is not None
            else next(reversed(self.coupons.values()), None)
        )
        if code is not None:
            offer = self.plan.promotions[code.promotion]
            context["coupon"] = coupon_facts(code.code, code.promotion, offer, code.expires_at)
        message = {name: part.render(context) for name, part in parts(template).items()}
        problem = unsaid(template, message)
        if problem is not None:
            raise problem
        return message

    def _context(self, doing: Rendering) -> dict[str, Any]:
        context: dict[str, Any] = {
            "contact": self.someone.person.facts(),
            "journey": journey_facts(self.journey_name, self.plan.settings.timezone, {}),
        }
        return {**context, "event": event_facts(doing.trigger)} if doing.trigger else context

    def _give(self, doing: Rendering, manifest: Manifest) -> Done:
        promotion = _named(manifest, doing.node.config, "promotion")
        offer = self.plan.promotions.get(promotion or "")
        if promotion is None or offer is None:
            return Done(notes=(("outside", "Nobody knows here which codes the node gives."),))
        zone = self.plan.settings.timezone
        end = end_of(offer, zone)
        if end is not None and doing.at >= end:
            return Done("expired", notes=(("expired", f'No code: the promotion "{offer.name}" has ended.'),))
        if promotion not in self.coupons:
            person = self.someone.person
            ends = expiry_of(offer, doing.at, person.timezone, zone)
            self.coupons[promotion] = Code(_code(promotion, person.id), promotion, doing.at, ends)
        code = self.coupons[promotion].code
        return Done(notes=(("coupon", f'The code {code} for "{offer.name}". In earnest it is another one.'),))

    def _change(self, doing: Rendering, manifest: Manifest) -> Done:
        if manifest.changes == "profile":
            return self._write(doing)
        tag = _named(manifest, doing.node.config, "tag")
        if tag is None:
            return Done()
        added = manifest.changes == "tag_added"
        following = self._tag(tag) if added else self._untag(tag)
        if following:
            text = f'The tag "{tag}" is {"put on" if added else "taken off"}.'
        else:
            text = f'The tag "{tag}" was {"there already" if added else "not there"}.'
        return Done(events=tuple(following), notes=(("tag", text),))

    def _write(self, doing: Rendering) -> Done:
        said = doing.node.config.get("set")
        context = self._context(doing)
        values: dict[str, Any] = {}
        for name, value in (said if isinstance(said, Mapping) else {}).items():
            bare = name.removeprefix("contact.").removeprefix("attributes.")
            try:
                values[bare] = written_value(value, context) if isinstance(value, str) else value
            except TemplateProblem as problem:
                return Done(stuck=f"template:{problem.code}", notes=(("template", str(problem)),))
        profile, problems = read_written(values)
        if problems:
            return Done(stuck=f"contact_value:{problems[0].field}", notes=(("value", str(problems[0])),))
        self.someone.write(profile)
        empty = {
            name for name in values if name in profile.cleared or profile.attributes.get(name, "") is None
        }
        return Done(
            notes=tuple(
                ("profile", f"{name} is taken away." if name in empty else f"{name} is {value} now.")
                for name, value in values.items()
            )
        )


_NAMES = {"email": "email", "sms": "SMS", "push": "push messages"}
_MISSING = {
    "email": "the contact has no email address",
    "sms": "the contact has no phone number",
    "push": "the contact has no device to push to",
}


def _usual(doing: Rendering) -> str:
    assert isinstance(doing.node.operation, Act)
    return doing.node.operation.usual or next(iter(doing.node.ports))


def _named(manifest: Manifest | None, config: Mapping[str, Any], kind: str) -> str | None:
    """The name that the config refers to: of a template, a promotion, a tag."""
    fields: Iterator[str] = (
        field for field, what in (manifest.references if manifest else {}).items() if what == kind
    )
    found = next((config[field] for field in fields if isinstance(config.get(field), str)), None)
    return found or None


def _node_of(send_key: str) -> str:
    return send_key.split("/", 2)[1]


def _code(promotion: str, contact: int) -> str:
    """A code that looks like one, and is the same whenever this is rehearsed."""
    seed = hashlib.blake2b(f"{promotion}/{contact}".encode(), digest_size=LENGTH).digest()
    return "".join(ALPHABET[byte & 31] for byte in seed)
