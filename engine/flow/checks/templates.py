"""Templates that exist, fit their channel, can be read, and find every variable that they read."""

from collections.abc import Collection, Iterator

from engine.flow.asked import closest
from engine.flow.diagnostic import Diagnostic, channel_name, diagnostic, meant, quoted, shown, split_sentences
from engine.flow.document import Template
from engine.flow.repairs import named
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

KINDS = {"subject": "line", "title": "line", "link": "line", "html": "html", "text": "text"}
"""The parts of a template, and how each is read."""


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find templates that are missing, for another channel, or with problems in a part."""
    known = {**world.templates, **resolved.flowchart.templates}
    provided = Provided(resolved)
    checked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for node in resolved.nodes.values():
        for place, name in node.names("template"):
            template = known.get(name)
            if template is None:
                close = closest(name, known)
                patch = named(node, place, close)
                yield diagnostic(
                    "unknown-template", node, field=place, name=quoted(name), meant=meant(close), patch=patch
                )
                continue
            sends = node.manifest.sends if node.manifest else None
            if sends is not None and template.channel != sends:
                yield diagnostic(
                    "template-channel",
                    node,
                    field=place,
                    name=quoted(name),
                    written=channel_name(template.channel),
                    channel=channel_name(sends),
                )
                continue
            for part, source in parts(template):
                if (name, part) not in checked:
                    checked[name, part] = list(world.template_problems(source, KINDS[part], world.variables))
                yield from _problems(node, place, name, part, checked[name, part])
                if not checked[name, part]:
                    reads = world.template_variables(source, KINDS[part])
                    yield from _too_early(node, place, name, part, reads, provided)


def parts(template: Template) -> Iterator[tuple[str, str]]:
    """The parts of a template that have words in them."""
    for part in KINDS:
        source = getattr(template, part)
        if source:
            yield part, source


def _problems(
    node: ResolvedNode, place: str, name: str, part: str, problems: Collection[tuple[str, str]]
) -> Iterator[Diagnostic]:
    for problem, message in problems:
        code = "unknown-variable" if problem == "unknown_variable" else "template-problem"
        what, do = split_sentences(message)
        yield diagnostic(
            code,
            node,
            field=place,
            name=quoted(name),
            part=part,
            what=what,
            do=do,
        )


class Provided:
    """Which template variables need a node before them, and which nodes those are."""

    def __init__(self, resolved: Resolved) -> None:
        self.graph = resolved.graph
        self.roots = {root for manifest in resolved.catalog for root in manifest.provides}
        self.providers: dict[str, list[ResolvedNode]] = {}
        for node in resolved.nodes.values():
            for root in node.manifest.provides if node.manifest else ():
                self.providers.setdefault(root, []).append(node)
        triggers = [resolved.nodes[name] for name in resolved.of_operation("enter")]
        self.has_event = not triggers or any(
            trigger.manifest is not None and trigger.manifest.lowering not in ("campaign", "date")
            for trigger in triggers
        )

    def missing(self, node: ResolvedNode, root: str) -> str | None:
        """The next step when nothing provides the variables under `root` for a message of `node`."""
        if root == "event" and not self.has_event:
            return "Begin with a trigger that has an event, or give the variable a fallback with |default."
        if root == "promotion" and not node.names("promotion"):
            return "Choose a promotion in this node, or give the variable a fallback with |default."
        if root not in self.roots:
            return None
        providers = self.providers.get(root, [])
        if any(self.graph.precedes(provider.id, node.id) for provider in providers):
            return None
        return f"Put a node before it that gives a {root}, or give the variable a fallback with |default."


def _too_early(
    node: ResolvedNode, place: str, name: str, part: str, reads: Collection[str], provided: Provided
) -> Iterator[Diagnostic]:
    seen: set[str] = set()
    for variable in sorted(reads):
        root = variable.partition(".")[0]
        step = None if root in seen else provided.missing(node, root)
        seen.add(root)
        if step is not None:
            yield diagnostic(
                "variable-too-early",
                node,
                field=place,
                name=quoted(name),
                part=part,
                variable=shown(variable),
                step=step,
            )
