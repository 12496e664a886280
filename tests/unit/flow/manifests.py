"""A small catalog for the tests of the compiler: every lowering once, a few acts, and a package of somebody else's."""

from typing import Any

from engine.flow.manifest import Catalog, Manifest, Port

DURATION = {"type": "string", "x-ui": {"widget": "duration"}}
OPTIONAL_DURATION = {**DURATION, "nullable": True, "default": None}
TEXT = {"type": "string", "minLength": 1, "maxLength": 200}
OPTIONAL_TEXT = {**TEXT, "nullable": True, "default": None}
CONDITION = {"type": "object", "x-ui": {"widget": "condition"}}
OPTIONAL_CONDITION = {**CONDITION, "nullable": True, "default": None}
SINCE = {**TEXT, "default": "here"}


def fields(required: tuple[str, ...] = (), **properties: dict[str, Any]) -> dict[str, Any]:
    """A config schema: each field with its name as its title."""
    titled = {
        name: {"title": name.replace("_", " ").capitalize(), **part} for name, part in properties.items()
    }
    return {
        "type": "object",
        "properties": titled,
        "required": list(required),
        "additionalProperties": False,
    }


def list_of(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    """A list of objects."""
    return {"type": "array", "items": fields(required, **properties)}


def ports(*keys: str) -> tuple[Port, ...]:
    """Ports by key; an optional one ends in "?"."""
    return tuple(
        Port(
            key=key.rstrip("?"), label=key.rstrip("?").replace("_", " ").capitalize(), required=key[-1] != "?"
        )
        for key in keys
    )


EVENT: dict[str, Any] = {"event": TEXT, "where": OPTIONAL_CONDITION}
LABELLED: dict[str, Any] = {"port": TEXT, "label": OPTIONAL_TEXT}


def trigger(key: str, **more: Any) -> Manifest:
    """A trigger."""
    return Manifest(key=key, family="trigger", operation="enter", ports=ports("entered"), **more)


TRIGGERS = [
    trigger("event", label="Event", summary="On {event}", config_schema=fields(("event",), **EVENT)),
    trigger(
        "segment",
        label="Segment",
        config_schema=fields(
            ("segment",), segment=TEXT, when={"enum": ["entered", "left"], "default": "entered"}
        ),
        references={"segment": "segment"},
    ),
    trigger(
        "tag",
        label="Tag",
        config_schema=fields(("tag",), tag=TEXT, when={"enum": ["added", "removed"], "default": "added"}),
        references={"tag": "tag"},
    ),
    trigger("campaign", label="Campaign", config_schema=fields()),
    trigger("api_call", label="API call", config_schema=fields()),
    trigger(
        "date",
        label="Date",
        config_schema=fields(
            ("attribute",),
            attribute=TEXT,
            yearly={"type": "boolean", "default": False},
            offset_days={"type": "integer", "default": 0},
            at=OPTIONAL_TEXT,
        ),
    ),
]

STATES = [
    Manifest(
        key="engagement",
        family="state",
        operation="wait",
        label="Opened?",
        summary="Wait until {what}[, at most {within}]",
        config_schema=fields(
            ("message",),
            what={
                "enum": ["opened", "clicked", "delivered", "bounced"],
                "default": "opened",
                "x-ui": {"widget": "select", "labels": {"opened": "opened", "clicked": "clicked"}},
            },
            message=TEXT,
            within={**OPTIONAL_DURATION, "default": "2 days", "title": "At most"},
        ),
        ports=ports("yes", "no"),
        references={"message": "node"},
    ),
    Manifest(
        key="wait_for",
        family="state",
        operation="wait",
        label="Wait for events",
        summary="Wait for {events}[, at most {within}]",
        config_schema=fields(
            ("events",),
            events=list_of(("event", "port"), **EVENT, **LABELLED),
            since=SINCE,
            timer_from={"enum": ["here", "since"], "default": "here"},
            within={**OPTIONAL_DURATION, "title": "At most"},
        ),
        ports=ports("timeout"),
        ports_from="events",
        references={"events.where": "condition"},
    ),
    Manifest(
        key="bought",
        family="state",
        operation="wait",
        label="Bought?",
        config_schema=fields(
            channel={"enum": ["online", "offline", "any"], "default": "any"},
            since={**SINCE, "default": "entry"},
            within=OPTIONAL_DURATION,
        ),
        ports=ports("bought", "not_bought"),
    ),
    Manifest(
        key="condition",
        family="state",
        operation="ask",
        label="Condition",
        summary="If {condition}",
        config_schema=fields(("condition",), condition=CONDITION),
        ports=ports("yes", "no"),
        references={"condition": "condition"},
    ),
    Manifest(
        key="has_tag",
        family="state",
        operation="ask",
        label="Has tag?",
        summary="Has the tag {tag}?",
        config_schema=fields(("tag",), tag=TEXT),
        ports=ports("yes", "no"),
        references={"tag": "tag"},
    ),
    Manifest(
        key="in_segment",
        family="state",
        operation="ask",
        label="In segment?",
        config_schema=fields(("segment",), segment=TEXT),
        ports=ports("yes", "no"),
        references={"segment": "segment"},
    ),
    Manifest(
        key="attribute",
        family="state",
        operation="ask",
        label="Attribute",
        config_schema=fields(
            ("field", "op"), field=TEXT, op=TEXT, value={"x-ui": {"widget": "value"}, "default": None}
        ),
        ports=ports("yes", "no"),
    ),
]

CONTROLS = [
    Manifest(
        key="delay",
        family="control",
        operation="rest",
        label="Delay",
        summary="Wait {for}",
        config_schema=fields(("for",), **{"for": {**DURATION, "title": "How long"}}),
        ports=ports("done"),
    ),
    Manifest(
        key="wait_until",
        family="control",
        operation="rest",
        label="Wait until",
        config_schema=fields(
            date=OPTIONAL_TEXT,
            attribute=OPTIONAL_TEXT,
            yearly={"type": "boolean", "default": False},
            offset_days={"type": "integer", "default": 0},
            at=OPTIONAL_TEXT,
            opens=OPTIONAL_TEXT,
            closes=OPTIONAL_TEXT,
            weekdays={"type": "array", "items": {"type": "integer"}, "default": []},
            skip_holidays={"type": "boolean", "default": False},
        ),
        ports=ports("done", "past?"),
    ),
    Manifest(
        key="split",
        family="control",
        operation="ask",
        label="Split",
        config_schema=fields(
            ("branches",), branches=list_of(("port", "condition"), condition=CONDITION, **LABELLED)
        ),
        ports=ports("otherwise"),
        ports_from="branches",
        references={"branches.condition": "condition"},
    ),
    Manifest(
        key="random_split",
        family="control",
        operation="draw",
        label="Random split",
        config_schema=fields(
            ("arms",),
            arms=list_of(("port",), weight={"type": "number", "default": 1}, **LABELLED),
            key=OPTIONAL_TEXT,
        ),
        ports_from="arms",
    ),
    Manifest(
        key="parallel",
        family="control",
        operation="fork",
        label="Parallel",
        config_schema=fields(("branches",), branches=list_of(("port",), **LABELLED)),
        ports_from="branches",
    ),
    Manifest(
        key="merge",
        family="control",
        operation="merge",
        label="Merge",
        config_schema=fields(mode={"enum": ["all", "any"], "default": "all"}),
        ports=ports("done"),
    ),
    Manifest(
        key="repeat",
        family="control",
        operation="repeat",
        label="Repeat",
        summary="At most {times} times",
        config_schema=fields(times={"type": "integer", "minimum": 1, "maximum": 100, "default": 3}),
        ports=ports("again", "done"),
    ),
    Manifest(
        key="goal",
        family="control",
        operation="goal",
        label="Goal",
        config_schema=fields(
            ("events", "result"), events=list_of(("event",), **EVENT), message_of=OPTIONAL_TEXT, result=TEXT
        ),
        ports=ports("reached?"),
    ),
    Manifest(
        key="exit",
        family="control",
        operation="exit",
        label="Exit",
        summary="End with {result}",
        config_schema=fields(
            ("result",), result=TEXT, when={"enum": ["at_once", "goal_or_limit"], "default": "at_once"}
        ),
    ),
]


def act(key: str, *keys: str, **more: Any) -> Manifest:
    """An act."""
    return Manifest(key=key, family="act", ports=ports(*keys), **more)


MESSAGE: dict[str, Any] = {"template": TEXT, "promotion": OPTIONAL_TEXT, "account": OPTIONAL_TEXT}
NAMES: Any = {"template": "template", "promotion": "promotion", "account": "account"}

ACTS = [
    act(
        f"send_{channel}",
        "sent",
        "unreachable?",
        label=f"Send {channel}",
        summary="Send {template}",
        effect="once",
        sends=channel,
        config_schema=fields(("template",), **MESSAGE),
        references=NAMES,
    )
    for channel in ("email", "sms", "push")
] + [
    act(
        "give_coupon",
        "given",
        "expired?",
        label="Give coupon",
        config_schema=fields(("promotion",), promotion=TEXT),
        references={"promotion": "promotion"},
        provides=("coupon",),
        effect="safe",
    ),
    act(
        "add_tag",
        "done",
        label="Add tag",
        config_schema=fields(("tag",), tag=TEXT),
        references={"tag": "tag"},
        changes="tag_added",
    ),
    act(
        "update_contact",
        "done",
        label="Update contact",
        config_schema=fields(("set",), set={"type": "object"}),
        changes="profile",
    ),
    act(
        "hook",
        "done",
        label="Hook",
        config_schema=fields(
            url={**TEXT, "x-ui": {"template": True}},
            body={"anyOf": [{**TEXT, "x-ui": {"template": True}}, {"type": "null"}]},
            values={
                "type": "object",
                "additionalProperties": {"x-ui": {"widget": "value", "template": True}},
            },
            how={
                "discriminator": {"propertyName": "by"},
                "oneOf": [
                    fields(by={"enum": ["words"]}, said={**TEXT, "x-ui": {"template": True}}),
                    fields(by={"enum": ["code"]}, said=TEXT),
                ],
            },
        ),
    ),
    act("note", "done", label="Note", config_schema={"type": "object"}),
    act("note", "done", version=2, label="Note", config_schema={"type": "object"}),
    act(
        "acme.score",
        "high",
        "low?",
        label="Score",
        package="acme",
        config_schema=fields(only_if=OPTIONAL_CONDITION),
        references={"only_if": "condition"},
    ),
]

CATALOG = Catalog([*TRIGGERS, *STATES, *CONTROLS, *ACTS])
