"""Templates that exist, fit their channel, can be read, and find every variable that they read."""

from collections.abc import Collection, Iterator

from engine.flow.asked import Closest
from engine.flow.diagnostic import Diagnostic, channel_name, diagnostic, meant, quoted, shown, split_sentences
from engine.flow.document import Template
from engine.flow.provided import Gap, Provided
from engine.flow.repairs import named
from engine.flow.resolve import Resolved, ResolvedNode
from engine.flow.world import World

KINDS = {"subject": "line", "title": "line", "link": "line", "html": "html", "text": "text"}
"""The parts of a template, and how each is read."""


def check(resolved: Resolved, world: World) -> Iterator[Diagnostic]:
    """Find templates that are missing, for another channel, or with problems in a part."""
    known = {**world.templates, **resolved.flowchart.templates}
    provided = Provided(resolved, world)
    checked: dict[tuple[str, str], list[tuple[str, str]]] = {}
    guess = Closest(known)
    for node in resolved.nodes.values():
        for place, name in node.names("template"):
            template = known.get(name)
            if template is None:
                close = guess.to(name)
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
                    yield from _gaps(node, place, name, part, reads, provided)


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


_CODES = {"early": "variable-too-early", "never": "variable-never", "partly": "variable-not-always"}


def _gaps(
    node: ResolvedNode, place: str, name: str, part: str, reads: Collection[str], provided: Provided
) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for variable in sorted(reads):
        gap = provided.gap(node, variable)
        if gap is None or told_before(told, variable, gap):
            continue
        yield diagnostic(
            _CODES[gap.kind],
            node,
            field=place,
            name=quoted(name),
            part=part,
            variable=shown(variable),
            what=gap.what,
            step=gap.step,
        )


def told_before(told: set[tuple[str, str]], variable: str, gap: Gap) -> bool:
    """Whether the same was said of another variable already: what is missing altogether is said once."""
    what = (gap.kind, variable if gap.kind == "never" else f"{variable.partition('.')[0]} {gap.what}")
    if what in told:
        return True
    told.add(what)
    return False
