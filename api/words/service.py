"""Templates, previewed."""

from typing import Any

from api.house import House
from api.words import queries
from api.words.schemas import (
    FieldPreviewIn,
    FieldPreviewOut,
    MessagePreviewOut,
    PreviewIn,
    SmsOut,
    TemplateFaultPlace,
)
from engine.audience.profile import COLUMNS, PUSH_TOKEN
from engine.content.preview import Offer, PlacedProblem, preview, preview_context, preview_field
from engine.content.sms import sms_length
from engine.flow.diagnostic import capital, ended, split_sentences

_ADDRESSES = {"email": "email", "sms": "phone", "push": PUSH_TOKEN}


def preview_message(house: House, body: PreviewIn) -> MessagePreviewOut:
    """The message for the contact that is asked for."""
    contact = _contact(house, body)
    offer = None
    if body.promotion is not None:
        offer = Offer(body.promotion_name, body.promotion, body.timezone, house.now())
    event = _event(body)
    context = preview_context(contact, body.journey_name, timezone=body.timezone, event=event, offer=offer)
    found = preview(body.template, context)
    channel = body.template.channel
    text = found.parts.get("text")
    length = sms_length(text) if channel == "sms" and text is not None else None
    address = contact.get(_ADDRESSES[channel])
    return MessagePreviewOut(
        channel=channel,
        recipient=str(address) if address else None,
        parts=found.parts,
        sms=None
        if length is None
        else SmsOut(
            alphabet=length.alphabet,
            units=length.units,
            segments=length.segments,
            left=length.left,
            strange=length.strange,
        ),
        problems=[_shown(problem) for problem in found.problems],
    )


def preview_a_field(house: House, body: FieldPreviewIn) -> FieldPreviewOut:
    """The field as it is filled in for the contact that is asked for."""
    context = preview_context(
        _contact(house, body), body.journey_name, timezone=body.timezone, event=_event(body)
    )
    found = preview_field(body.source, body.kind, context)
    return FieldPreviewOut(
        text=found.parts.get("text"), problems=[_shown(problem) for problem in found.problems]
    )


def _event(body: PreviewIn | FieldPreviewIn) -> dict[str, Any] | None:
    return None if body.event is None else {"name": "", "properties": body.event}


def _contact(house: House, body: PreviewIn | FieldPreviewIn) -> dict[str, Any]:
    if body.contact is not None:
        with house.database.read() as connection:
            return queries.read_person(connection, body.contact).facts()
    attributes = body.profile.get("attributes")
    named = {key: value for key, value in body.profile.items() if key not in (*COLUMNS, "attributes")}
    every = {**(attributes if isinstance(attributes, dict) else {}), **named}
    columns = {name: body.profile.get(name) for name in COLUMNS}
    return {**every, "attributes": every, **columns}


def _shown(problem: PlacedProblem) -> TemplateFaultPlace:
    what, do = split_sentences(problem.text)
    return TemplateFaultPlace(
        part=problem.part,
        code=problem.code,
        line=problem.line,
        column=problem.column,
        length=problem.length,
        text=ended(capital(what)),
        fix=do,
        about=problem.about,
    )
