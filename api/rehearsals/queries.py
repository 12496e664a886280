"""What a rehearsal has come to, read as it is answered."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from api.rehearsals.schemas import (
    ChoiceOut,
    CouponOut,
    KnownContact,
    MessageOut,
    Misfit,
    RehearsalOut,
    StandingOut,
    StoryLine,
    TriggerEvent,
    TriggerOut,
    WayOut,
)
from engine.audience.consent import CHANNELS
from engine.enrolment.reasons import cause_words
from engine.enrolment.rehearsed_life import RehearsedLife
from engine.flow.plan import Act, Ask, Trigger
from engine.journey import rehearsed_words as words
from engine.journey.rehearsal import Rehearsal
from engine.journey.rehearsed import Choice, Draft, Made, Note, Standing, Told

if TYPE_CHECKING:
    from api.rehearsals.service import Subject

_CAUSES = {"timeout": ", as the time was up"}


@dataclass(frozen=True, slots=True)
class Played:
    """A script that was played. `acts_of` says how long the story was when each act began."""

    rehearsal: Rehearsal
    life: RehearsedLife
    subject: "Subject"
    began: int
    trigger: Trigger
    event: TriggerEvent | None
    acts_of: Sequence[int]
    misfit: Misfit | None
    invented: bool


def answer_of(played: Played) -> RehearsalOut:
    """The answer."""
    rehearsal, plan = played.rehearsal, played.subject.plan
    telling = _Telling(rehearsal, played.subject)
    standing = [telling.standing(one) for one in rehearsal.standing()]
    result = rehearsal.result
    return RehearsalOut(
        began_at=played.began,
        now=rehearsal.now,
        next_at=min((one.wake_at for one in standing if one.wake_at is not None), default=None),
        result=result,
        result_words=None if result is None else f'Ended with "{result.replace("_", " ")}"',
        trigger=played.trigger.node,
        triggers=[telling.trigger(one) for one in plan.triggers],
        entered_by=played.event,
        standing=standing,
        story=[
            telling.line(told, bisect_right(played.acts_of, place) - 1)
            for place, told in enumerate(rehearsal.story)
        ],
        contact=_known(rehearsal, played.life, played.invented),
        misfit=played.misfit,
    )


def _known(rehearsal: Rehearsal, life: RehearsedLife, invented: bool) -> KnownContact:
    person, someone = life.someone.person, life.someone
    contact = rehearsal.contact
    return KnownContact(
        id=str(person.id),
        invented=invented,
        external_id=person.external_id,
        email=person.email,
        phone=person.phone,
        first_name=person.first_name,
        last_name=person.last_name,
        timezone=person.timezone or rehearsal.plan.settings.timezone,
        locale=person.locale,
        attributes=dict(person.attributes),
        tags=sorted(contact.tags),
        segments=sorted(contact.segments),
        consents=cast(
            Any, {channel: "refused" if channel in someone.refused else "allowed" for channel in CHANNELS}
        ),
        coupons=[
            CouponOut(
                code=one.code, promotion=one.promotion, given_at=one.given_at, expires_at=one.expires_at
            )
            for one in life.coupons.values()
        ],
    )


def labels_of(subject: "Subject", node: str) -> dict[str, str]:
    """What the ways out of a node are called, {port: label}."""
    drawn = subject.plan.nodes.get(node)
    manifest = None if drawn is None else subject.catalog.get(drawn.type, drawn.version)
    if drawn is None or manifest is None:
        return {}
    return {port.key: port.label for port in manifest.ports_of(drawn.config)}


class _Telling:
    """The words for what a rehearsal shows."""

    def __init__(self, rehearsal: Rehearsal, subject: "Subject") -> None:
        self.rehearsal = rehearsal
        self.plan = subject.plan
        self.subject = subject
        self._ports: dict[str, dict[str, str]] = {}

    def port(self, node: str, port: str) -> str:
        """What a way out is called."""
        known = self._ports.get(node)
        if known is None:
            known = self._ports[node] = labels_of(self.subject, node)
        return known.get(port, port.replace("_", " "))

    def label(self, node: str | None) -> str | None:
        """What a node is called; goals too have their steps."""
        if node is None:
            return None
        known = self.plan.nodes.get(node)
        if known is not None:
            return known.label
        return next((goal.label or goal.node for goal in self.plan.goals if goal.node == node), node)

    def trigger(self, one: Trigger) -> TriggerOut:
        """A trigger."""
        event = one.params.get("event")
        label = self.label(one.node) or one.node
        return TriggerOut(
            node=one.node, port=next(iter(self.plan.nodes[one.node].ports)), label=label, kind=one.kind,
            event=event if isinstance(event, str) else None,
        )  # fmt: skip

    def standing(self, one: Standing) -> StandingOut:
        """Where a strand is."""
        place = cast(Literal["moving", "resting", "parked"], one.place)
        return StandingOut(
            strand=one.strand,
            parent=one.parent,
            node=one.node,
            label=one.label,
            place=place,
            words=self._standing_words(one),
            since=one.since,
            wake_at=one.wake_at,
            choices=[self._choice(one, choice) for choice in one.choices],
        )

    def _standing_words(self, one: Standing) -> str:
        if one.place == "parked":
            text = next(
                (
                    told.text
                    for told in reversed(self.rehearsal.story)
                    if isinstance(told, Note) and told.node == one.node
                ),
                None,
            )
            return f'Is stopped at "{one.label}": {text or cause_words(one.reason or "")}'
        return f'Waits at "{one.label}"' if one.place == "resting" else f'Is on the way to "{one.label}"'

    def _choice(self, standing: Standing, choice: Choice) -> ChoiceOut:
        return ChoiceOut(
            port=choice.port,
            label=self.port(standing.node, choice.port),
            to=choice.to,
            to_label=self.label(choice.to),
            words=words.on_the_way(choice, self.plan),
            events=list(choice.events),
            message_of=choice.message_of,
            at=choice.at,
        )

    def line(self, told: Told, act: int) -> StoryLine:
        """One line of the story."""
        if isinstance(told, Made):
            return self._step(told, act)
        if isinstance(told, Draft):
            message = told.message
            return StoryLine(
                kind="message", at=told.at, act=act, node=told.node,
                words=f'{_CHANNELS.get(message.channel, "Message")} "{self.label(told.node)}" to {message.recipient}',
                message=MessageOut(
                    channel=message.channel, recipient=message.recipient, content=dict(message.content)
                ),
            )  # fmt: skip
        if isinstance(told, Note):
            return StoryLine(
                kind="note", at=told.at, act=act, node=told.node, words=told.text, note=told.kind
            )
        about = told.send_key.split("/", 2)[1] if told.send_key is not None else None
        return StoryLine(
            kind="event", at=told.at, act=act, node=about, words=words.happened(told, about, self.plan)
        )

    def _step(self, made: Made, act: int) -> StoryLine:
        node = self.plan.nodes.get(made.node)
        instead: list[WayOut] = []
        if node is not None and isinstance(node.operation, Act | Ask):
            instead = [WayOut(port=port, label=self.port(made.node, port)) for port in node.ports]
        why = _CAUSES.get(made.cause, "")
        return StoryLine(
            kind="step", at=made.at, act=act, strand=made.strand, node=made.node, port=made.port, instead=instead,
            words=f'{self.label(made.node)}: {self.port(made.node, made.port)}{why}',
        )  # fmt: skip


_CHANNELS = {"email": "Email", "sms": "SMS", "push": "Push message"}
