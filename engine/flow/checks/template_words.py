"""Messages that say something."""

from collections.abc import Iterator

from engine.flow.diagnostic import Diagnostic, diagnostic, quoted
from engine.flow.document import Template
from engine.flow.resolve import Resolved
from engine.flow.world import World

NEEDED = {"email": (("subject",), ("html", "text")), "sms": (("text",),), "push": (("title",), ("text",))}
"""Per channel the parts that must have words: of each group one."""


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find templates in use that lack a subject, a title or a text."""
    known = {**world.templates, **resolved.flowchart.templates}
    for node in resolved.nodes.values():
        for place, name in node.names("template"):
            if name in known:
                for part in missing_parts(known[name]):
                    yield diagnostic("message-without-text", node, field=place, name=quoted(name), part=part)


def missing_parts(template: Template) -> Iterator[str]:
    """What a template still needs."""
    for group in NEEDED[template.channel]:
        if not any((getattr(template, part) or "").strip() for part in group):
            yield group[-1]
