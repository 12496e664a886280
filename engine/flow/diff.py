"""What changed between two flowcharts, in words: "Wait 2 days → 3 days". Where a node is drawn is no change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from engine.flow.compile import Document
from engine.flow.diagnostic import NotPublishable, quoted
from engine.flow.diff_values import Comparison, Told, from_to, normalised, same, text_change
from engine.flow.document import Flowchart, Node, Part
from engine.flow.manifest import Catalog, Manifest
from engine.flow.read import read
from engine.flow.schema import with_defaults
from engine.flow.summary import summarise, told


class Change(BaseModel):
    """One change. `id` is that of the node, template or promotion; for an edge "node.port", for a setting its path."""

    model_config = ConfigDict(frozen=True)

    what: Literal["added", "removed", "changed"]
    part: Literal["name", "setting", "node", "edge", "template", "promotion"]
    id: str
    field: str | None = None
    text: str


def diff(old: Document, new: Document, catalog: Catalog) -> list[Change]:
    """The changes from one flowchart to another: name, settings, nodes, edges, templates, promotions, each by id.

    NotPublishable where one of the two cannot be read.
    """
    comparison = _Comparison(_readable(old), _readable(new), catalog)
    return [
        *comparison.name(),
        *comparison.settings(),
        *comparison.nodes(),
        *comparison.edges(),
        *comparison.contents("template", comparison.old.templates, comparison.new.templates),
        *comparison.contents("promotion", comparison.old.promotions, comparison.new.promotions),
    ]


def _readable(document: Document) -> Flowchart:
    flowchart, problems = read(document)
    if flowchart is None:
        raise NotPublishable(problems)
    return flowchart


@dataclass
class _Comparison:
    old: Flowchart
    new: Flowchart
    catalog: Catalog

    def name(self) -> Iterator[Change]:
        if self.old.name != self.new.name:
            text = f"The journey is called {quoted(self.new.name)}, no longer {quoted(self.old.name)}"
            yield Change(what="changed", part="name", id="name", text=text)

    def settings(self) -> Iterator[Change]:
        before, after = _flat(self.old.settings), _flat(self.new.settings)
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path):
                for one in _setting_change(path, before.get(path), after.get(path)):
                    yield Change(what="changed", part="setting", id=path, text=one.text)

    # ------------------------------------------------------------------------------------------- nodes

    def nodes(self) -> Iterator[Change]:
        for node in sorted(self.old.nodes.keys() | self.new.nodes.keys()):
            before, after = self.old.nodes.get(node), self.new.nodes.get(node)
            if before is None and after is not None:
                yield _node(node, "added", f"Added {self.called(self.new, node)}{self.does(self.new, after)}")
            elif after is None:
                yield _node(node, "removed", f"Removed {self.called(self.old, node)}")
            elif before is not None:
                yield from self.node(node, before, after)

    def node(self, node: str, before: Node, after: Node) -> Iterator[Change]:
        """The changes of one node that is in both."""
        if (before.name or "") != (after.name or ""):
            text = f"{self.called(self.old, node)} is called {self.called(self.new, node)}"
            yield _node(node, "changed", text, "name")
        lead = f"{quoted(after.name)}: " if after.name else ""
        if before.type != after.type:
            text = f"{lead}{self.label(before)} → {self.label(after)}"
            yield _node(node, "changed", text, "type")
            return
        if before.version != after.version:
            text = f"{lead}{self.label(after)}, version {before.version} → {after.version}"
            yield _node(node, "changed", text, "version")
        for change in self.config(node, before, after):
            yield change.model_copy(update={"text": lead + change.text})
        if (before.note or "") != (after.note or ""):
            yield _node(node, "changed", f"The note of {self.called(self.new, node)} changed", "note")

    def config(self, node: str, before: Node, after: Node) -> Iterator[Change]:
        """The changes of a config: those that its sentence tells in one, the others by field."""
        earlier, later = self.manifest(before), self.manifest(after)
        if earlier is None or later is None:
            if before.config != after.config:
                yield _node(node, "changed", f"The config of {self.called(self.new, node)} changed")
            return
        was = with_defaults(earlier.config_schema, before.config)
        now = with_defaults(later.config_schema, after.config)
        spelled = normalised(earlier, before.config), normalised(later, after.config)
        changed = [
            key
            for key in sorted({*spelled[0], *spelled[1]})
            if not same(spelled[0].get(key), spelled[1].get(key))
        ]
        names = _names(self.old), _names(self.new)
        said = [
            key
            for key in changed
            if not any(isinstance(config.get(key), list | Mapping) for config in (was, now))
            and told(earlier, was, key, names[0]) != told(later, now, key, names[1])
        ]
        if said:
            sentences = summarise(earlier, was, names[0]), summarise(later, now, names[1])
            yield _node(node, "changed", _sentence_change(*sentences), ", ".join(said))
        comparison = Comparison(later.config_schema, *names)
        for key in changed:
            if key not in said:
                for one in comparison.field(key, was.get(key), now.get(key)):
                    yield _node(node, "changed", one.text, key)

    def manifest(self, node: Node) -> Manifest | None:
        return self.catalog.get(node.type, node.version)

    def label(self, node: Node) -> str:
        """What the node's type is called."""
        manifest = self.manifest(node)
        return manifest.label if manifest else node.type

    def called(self, flowchart: Flowchart, node_id: str) -> str:
        node = flowchart.nodes.get(node_id)
        return quoted((node.name or self.label(node)) if node else node_id)

    def does(self, flowchart: Flowchart, node: Node) -> str:
        """What an added node does, where its name does not say it."""
        manifest = self.manifest(node)
        sentence = summarise(manifest, node.config, _names(flowchart)) if manifest else node.type
        return f": {sentence}" if sentence != (node.name or self.label(node)) else ""

    # ------------------------------------------------------------------------------------------- edges

    def edges(self) -> Iterator[Change]:
        before, after = _targets(self.old), _targets(self.new)
        for source, port in sorted(before.keys() | after.keys()):
            was, now = before.get((source, port), []), after.get((source, port), [])
            if was == now or (not now and (source not in self.new.nodes or was[0] not in self.new.nodes)):
                continue
            way = f"{quoted(port)} of {self.called(self.new if now else self.old, source)}"
            to, still = self.listed(self.new, now), self.listed(self.old, was)
            if not was:
                text, what = f"Connected {way} to {to}", "added"
            elif not now:
                text, what = f"Disconnected {way} from {still}", "removed"
            else:
                text, what = f"{way} leads to {to}, no longer to {still}", "changed"
            yield Change.model_validate(
                {"what": what, "part": "edge", "id": f"{source}.{port}", "text": text}
            )

    def listed(self, flowchart: Flowchart, targets: list[str]) -> str:
        return ", ".join(self.called(flowchart, target) for target in targets)

    # ------------------------------------------------------------------------------------------- contents

    def contents(
        self, part: Literal["template", "promotion"], old: Mapping[str, Part], new: Mapping[str, Part]
    ) -> Iterator[Change]:
        """The changes of templates or promotions."""
        for name in sorted(old.keys() | new.keys()):
            if name not in old:
                yield Change(what="added", part=part, id=name, text=f"Added the {part} {quoted(name)}")
            elif name not in new:
                yield Change(what="removed", part=part, id=name, text=f"Removed the {part} {quoted(name)}")
            else:
                before, after = _flat(old[name]), _flat(new[name])
                for key in sorted(before.keys() | after.keys()):
                    was, now = before.get(key), after.get(key)
                    if was != now:
                        title = f"{part.capitalize()} {quoted(name)}, {key.replace('_', ' ')}"
                        for one in _part_change(title, key, was, now):
                            yield Change(what="changed", part=part, id=name, field=key, text=one.text)


def _node(
    node: str, what: Literal["added", "removed", "changed"], text: str, field: str | None = None
) -> Change:
    return Change(what=what, part="node", id=node, field=field, text=text)


def _names(flowchart: Flowchart) -> dict[str, str]:
    return {node_id: node.name for node_id, node in flowchart.nodes.items() if node.name}


def _targets(flowchart: Flowchart) -> dict[tuple[str, str], list[str]]:
    """Where each port leads; a draft may have several edges there."""
    found: dict[tuple[str, str], list[str]] = {}
    for edge in flowchart.edges.values():
        found.setdefault((edge.source, edge.port), []).append(edge.target)
    return {port: sorted(targets) for port, targets in found.items()}


def _flat(part: Part) -> dict[str, Any]:
    """The fields of a part by path; what is empty is left out."""
    found: dict[str, Any] = {}
    stack: list[tuple[str, Any]] = list(part.model_dump(mode="json", by_alias=True).items())
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict):
            stack += [(f"{path}.{key}", item) for key, item in value.items()]
        elif value not in (None, "", []):
            found[path] = value
    return found


def _setting(path: str) -> str:
    known = {
        "timezone": "Time zone",
        "limit": "Limit",
        "holidays": "Holidays",
        "reentry.rule": "Re-entry",
        "reentry.after": "Re-entry after",
    }
    return known.get(path, path)


def _setting_change(path: str, before: Any, after: Any) -> Iterator[Told]:
    if isinstance(before, list) or isinstance(after, list):
        yield from _part_change(_setting(path), path, before, after)
    else:
        yield from_to(_setting(path), _plain(before), _plain(after))


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.0f}" if value.is_integer() else str(value)
        case _:
            return str(value)


def _sentence_change(before: str, after: str) -> str:
    """Two sentences as one: what they begin with alike is said once."""
    was, now = before.split(" "), after.split(" ")
    same = 0
    while same < min(len(was), len(now)) - 1 and was[same] == now[same]:
        same += 1
    return f"{before} → {' '.join(now[same:])}"


def _part_change(title: str, key: str, before: Any, after: Any) -> Iterator[Told]:
    """The changes of a field of a setting, a template or a promotion."""
    if isinstance(before, list) or isinstance(after, list):
        for one in Comparison({}, {}, {}).field(key, before or [], after or []):
            yield one._replace(title=f"{title}{one.title.removeprefix(key)}")
    elif isinstance(before, str | None) and isinstance(after, str | None):
        yield text_change(title, before or "", after or "")
    else:
        yield from_to(title, _plain(before), _plain(after))
