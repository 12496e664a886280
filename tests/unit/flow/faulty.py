"""For each diagnostic the smallest drawing that has it, with the world in which it does."""

from collections.abc import Collection, Sequence
from typing import Any

from engine.flow.document import Promotion, Template
from engine.flow.world import World
from tests.unit.flow.drawing import a_world, draw

NOW = 1_772_323_200_000  # 2026-03-01T00:00:00Z
PLAIN = "in:campaign -> mail:send_email -> out:exit"
OPENED = "in:campaign -> mail:send_email -> open:engagement -> out:exit\nopen -no-> out"
HOOKED = "in:campaign -> hook:hook -> out:exit"
FORKED = "in:campaign -> par:parallel -> mail:send_email -> m:merge -> out:exit\npar -b-> sms:send_sms -> m"


def problems_in_templates(source: str, kind: str, known: Collection[str]) -> Sequence[tuple[str, str]]:
    """What the content room would say, of two marks only."""
    if "{{ broken" in source:
        return [("syntax", "Line 1: The template cannot be read: a tag is not closed. Correct that tag.")]
    if "{{ contact.nmae" in source:
        return [("unknown_variable", "There is no variable contact.nmae. Did you mean contact.name?")]
    return []


def variables_in_templates(source: str, kind: str) -> Collection[str]:
    """The variables that the source names in double braces."""
    return {word.strip() for part in source.split("{{")[1:] for word in part.split("}}")[:1]}


def content_world(**more: Any) -> World:
    """A world with the functions of the content room."""
    return a_world(
        template_problems=problems_in_templates, template_variables=variables_in_templates, now=NOW, **more
    )


def edited(document: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The document with other parts at its top; a map adds to the map there."""
    made = dict(document)
    for name, value in parts.items():
        made[name] = {**made.get(name, {}), **value} if isinstance(value, dict) else value
    return made


def named(document: dict[str, Any], **nodes: dict[str, Any]) -> dict[str, Any]:
    """The document with fields of nodes changed."""
    changed = {node: {**document["nodes"][node], **fields} for node, fields in nodes.items()}
    return edited(document, nodes=changed)


def deep(levels: int) -> Any:
    """A value nested so many levels deep."""
    value: Any = "end"
    for _ in range(levels):
        value = [value]
    return value


def with_template(**parts: Any) -> dict[str, Any]:
    """A drawing whose email uses a template with these parts."""
    template = {"channel": "email", "subject": "New", "text": "Look"}
    return edited(draw(PLAIN), templates={"launch": {**template, **parts}})


def with_promotion(**parts: Any) -> dict[str, Any]:
    """A drawing whose coupon is for a promotion with these dates."""
    drawing = draw("in:campaign -> gift:give_coupon -> out:exit")
    return edited(drawing, promotions={"spring": {"name": "Spring", "discount_percent": 10, **parts}})


DOCUMENT: dict[str, Any] = {
    "document-unreadable": edited(draw(PLAIN), settings={"limit": "soon"}),
    "document-not-upgraded": edited(draw(PLAIN), schema=7),
    "too-many-nodes": {"schema": 1, "nodes": {f"n{i}": {"type": "note"} for i in range(5_001)}},
    "too-many-edges": {
        "schema": 1,
        "edges": {f"e{i}": {"from": "a", "port": "b", "to": "c"} for i in range(20_001)},
    },
    "nested-too-deeply": draw("in:campaign -> n:note -> out:exit", n={"value": deep(40)}),
    "not-storable": draw("in:campaign -> n:note -> out:exit", n={"value": float("inf")}),
    "too-many-contents": edited(
        draw(PLAIN), promotions={f"p{i}": {"name": "P", "discount_percent": 10} for i in range(501)}
    ),
    "bad-id": draw("in:campaign -> __proto__:note -> out:exit"),
    "name-too-long": named(draw(PLAIN), mail={"name": "Ö" * 1_000_000}),
}

DRAWING: dict[str, Any] = {
    "no-trigger": draw("mail:send_email -> out:exit"),
    "same-trigger-twice": draw("in:campaign -> mail:send_email -> out:exit\nagain:campaign -> mail"),
    "unreachable": draw(f"{PLAIN}\nlost:delay -> more:add_tag -> out"),
    "open-port": draw("in:campaign -> open:condition -> out:exit"),
    "edge-without-node": edited(draw(PLAIN), edges={"lost": {"from": "gone", "port": "done", "to": "out"}}),
    "edge-without-port": draw(f"{PLAIN}\nmail -opened-> out"),
    "port-twice": draw(f"{PLAIN}\nmail -> sms:send_sms -> out"),
    "edge-into-start": draw(f"{PLAIN}\nmail -unreachable-> in"),
    "port-repeated": draw(
        "in:campaign -> r:random_split -> out:exit", r={"arms": [{"port": "a"}, {"port": "a"}]}
    ),
    "bad-port": draw(
        "in:campaign -> r:random_split -> out:exit", r={"arms": [{"port": "a"}, {"port": "../x"}]}
    ),
    "too-few-ports": draw("in:campaign -> par:parallel -> out:exit", par={"branches": [{"port": "a"}]}),
    "port-never-taken": draw(OPENED, open={"within": None}),
    "loop-without-rest": draw("in:campaign -> c:condition -> n:note -> c\nc -no-> out:exit"),
    "repeat-without-rest": draw("in:campaign -> n:note -> r:repeat -> n\nr -done-> out:exit"),
    "too-many-steps": draw(
        "in:campaign -> " + " -> ".join(f"n{i}:note" for i in range(1_000)) + " -> out:exit"
    ),
    "fork-in-own-branch": draw("in:campaign -> par:parallel -> d:delay -> par\npar -b-> out:exit"),
    "fork-many-merges": draw("in:campaign -> par:parallel -> m:merge -> out:exit\npar -b-> m2:merge -> out"),
    "merge-of-many-forks": draw(
        "in:campaign -> par:parallel -> m:merge -> out:exit\npar -b-> par2:parallel -> m\npar2 -b-> m"
    ),
    "merge-without-fork": draw("in:campaign -> m:merge -> out:exit"),
    "edge-into-branch": draw(f"{FORKED}\nclick:event -> sms"),
    "branches-meet": draw("in:campaign -> par:parallel -> mail:send_email -> out:exit\npar -b-> mail"),
}

CONFIG: dict[str, Any] = {
    "unknown-type": draw("in:campaign -> n:send_emial -done-> out:exit"),
    "unknown-version": named(draw("in:campaign -> n:note -> out:exit"), n={"version": 9}),
    "config-missing": edited(draw(PLAIN), nodes={"mail": {"type": "send_email", "config": {}}}),
    "config-unknown": draw(PLAIN, mail={"templete": "launch"}),
    "config-invalid": draw("in:campaign -> d:delay -> out:exit", d={"for": "soon"}),
    "weights": draw(
        "in:campaign -> r:random_split -> out:exit\nr -b-> out",
        r={"arms": [{"port": "a", "weight": 0}, {"port": "b", "weight": 0}]},
    ),
    "date-passed": draw("in:campaign -> w:wait_until -> out:exit", w={"at": None, "date": "2026-02-01"}),
    "unknown-timezone": draw(PLAIN, settings={"timezone": "Rome"}),
    "reentry-without-time": draw(PLAIN, settings={"reentry": {"rule": "after_time"}}),
    "reentry-time-unused": draw(PLAIN, settings={"reentry": {"rule": "once", "after": "3 days"}}),
    "bad-holiday": draw(PLAIN, settings={"holidays": ["2026-12-25", "Easter"]}),
    "too-many-holidays": draw(PLAIN, settings={"holidays": ["2026-12-25"] * 1_001}),
}

REFERENCES: dict[str, Any] = {
    "unknown-template": draw(PLAIN, mail={"template": "lunch"}),
    "template-channel": draw(PLAIN, mail={"template": "reminder"}),
    "message-without-text": with_template(text=" "),
    "template-problem": with_template(html="<p>{{ broken</p>"),
    "unknown-variable": with_template(text="Dear {{ contact.nmae }}"),
    "variable-too-early": with_template(text="Use {{ coupon.code }}"),
    "variable-never": with_template(text="It was {{ journey.values.gone.price }}"),
    "variable-not-always": edited(
        draw("in:campaign -> c:condition -> gift:give_coupon -> mail:send_email -> out:exit\nc -no-> mail"),
        templates={"launch": {"channel": "email", "subject": "New", "text": "Use {{ coupon.code }}"}},
    ),
    "field-problem": draw(HOOKED, hook={"url": "https://example.com/{{ broken"}),
    "field-unknown-variable": draw(HOOKED, hook={"body": '{"to": "{{ contact.nmae }}"}'}),
    "field-variable-too-early": draw(HOOKED, hook={"values": {"shop": "{{ event.properties.shop }}"}}),
    "field-variable-never": draw(HOOKED, hook={"body": '{"price": "{{ journey.values.gone.price }}"}'}),
    "field-variable-not-always": draw(
        f"{HOOKED}\nview:event -> hook", hook={"body": '{"shop": "{{ event.properties.shop }}"}'}
    ),
    "unknown-promotion": draw(PLAIN, mail={"promotion": "sprung"}),
    "promotion-dates": with_promotion(starts_at="2026-05-01T00:00:00Z", ends_at="2026-04-01T00:00:00Z"),
    "promotion-over": with_promotion(ends_at="2026-02-01T00:00:00Z"),
    "unknown-segment": draw("in:segment -> out:exit", **{"in": {"segment": "vips"}}),
    "empty-segment": draw("in:campaign -> s:in_segment -> out:exit\ns -no-> out", s={"segment": "nobody"}),
    "segment-not-followed": draw("in:segment -> out:exit", **{"in": {"segment": "spenders"}}),
    "unknown-tag": draw("in:campaign -> t:has_tag -> out:exit\nt -no-> out", t={"tag": "ATIVO"}),
    "no-account": edited(
        draw("in:campaign -> p:send_push -> out:exit", p={"template": "ping"}),
        templates={"ping": {"channel": "push", "title": "Hi", "text": "There"}},
    ),
    "unknown-account": draw(PLAIN, mail={"account": "texter"}),
    "unknown-node": draw(OPENED, open={"message": "male"}),
}

ORDER: dict[str, Any] = {
    "not-a-message": draw(
        "in:campaign -> n:note -> open:engagement -> out:exit\nopen -no-> out", open={"message": "n"}
    ),
    "message-not-sent-before": draw(
        "in:campaign -> open:engagement -> out:exit\nopen -no-> mail:send_email -> out"
    ),
    "message-not-always-sent": draw(
        "in:campaign -> c:condition -> mail:send_email -> open:engagement -> out:exit\nc -no-> open -no-> out"
    ),
    "never-engaged": draw(
        "in:campaign -> sms:send_sms -> open:engagement -> out:exit\nopen -no-> out", open={"message": "sms"}
    ),
    "anchor-not-before": draw(
        "in:campaign -> w:wait_for -> out:exit\nw -timeout-> n:note -> out", w={"since": "n"}
    ),
    "anchor-not-always": draw(
        "in:campaign -> c:condition -> n:note -> w:wait_for -> out:exit\nc -no-> w -timeout-> out",
        w={"since": "n"},
    ),
    "wait-never-ends": draw("in:campaign -> w:wait_for", w={"events": [], "within": None}),
    "wait-without-limit": draw("in:campaign -> w:wait_for -> out:exit", w={"within": None}),
    "asks-about-event": draw(
        "in:event -> c:condition -> out:exit\nc -no-> out",
        c={"condition": {"op": "more", "field": "event.total", "value": 50}},
    ),
    "filter-sees-only-event": draw(
        "in:campaign -> w:wait_for -> out:exit\nw -timeout-> out",
        w={
            "events": [
                {"event": "Order Completed", "port": "visited", "where": {"op": "tagged", "tag": "ATTIVO"}}
            ]
        },
    ),
    "filter-without-moment": draw(
        "in:event -> out:exit",
        **{"in": {"where": {"op": "did", "event": "Order Completed", "since_anchor": True}}},
    ),
    "asks-about-nothing": draw(
        "in:campaign -> b:bought -> out:exit\nb -not_bought-> out", b={"since": "here"}
    ),
    "condition-too-early": draw(
        "in:campaign -> c:condition -> mail:send_email -> out:exit\nc -no-> mail",
        c={"condition": {"op": "did", "event": "message.opened"}},
    ),
    "wait-too-early": draw(
        "in:campaign -> w:wait_for -> mail:send_email -> out:exit\nw -timeout-> mail",
        w={"events": [{"event": "message.opened", "port": "visited"}]},
    ),
    "asked-before-given": draw(
        "in:campaign -> t:has_tag -> a:add_tag -> out:exit\nt -no-> out", t={"tag": "VIP"}, a={"tag": "VIP"}
    ),
}

CASES: dict[str, dict[str, Any]] = {**DOCUMENT, **DRAWING, **CONFIG, **REFERENCES, **ORDER}

LIBRARY = {
    "templates": {"from-library": Template(channel="email", subject="S", text="T")},
    "promotions": {"from-library": Promotion(name="P", discount_percent=5)},
}
