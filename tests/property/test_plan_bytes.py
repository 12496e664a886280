"""A plan's bytes depend on its meaning and on nothing else."""

import json
import random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.flow.compile import check, compile_flowchart
from engine.flow.document import Flowchart
from engine.flow.plan import Plan, RestFor, RestUntil, Wait
from engine.flow.schema import with_defaults
from tests.unit.flow.drawing import FIRST_PORT, SMALLEST, a_world, codes, draw, plan_of
from tests.unit.flow.manifests import CATALOG

# Each example is compiled several times, and this tier shall stay quick.
FEW = settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)

# What can stand anywhere in a chain; `{mail}` is a node that has sent an email.
STEPS: dict[str, dict[str, Any]] = {
    "delay": {"for": "2 days"},
    "wait_until": {"at": "09:00"},
    "note": {"text": "x"},
    "add_tag": {},
    "send_sms": {},
    "give_coupon": {},
    "condition": {},
    "has_tag": {},
    "attribute": {},
    "split": {},
    "random_split": {},
    "engagement": {"message": "mail"},
    "wait_for": {},
    "bought": {"within": "1 day"},
    "parallel": {},
}
SECOND = {
    "condition": "no", "has_tag": "no", "attribute": "no", "split": "otherwise", "random_split": "b",
    "engagement": "no", "wait_for": "timeout", "bought": "not_bought",
}  # fmt: skip


@st.composite
def flowcharts(pick: st.DrawFn) -> dict[str, Any]:
    """A sound flowchart: a chain of any nodes, whose second ports lead further down it, or back through a delay."""
    kinds = pick(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=8))
    ids = [f"n{i}" for i in range(len(kinds))]
    lines = ["in:campaign -> mail:send_email"]
    before = "mail"
    for node, kind in zip(ids, kinds, strict=True):
        lines.append(f"{before} -> {node}:{kind}")
        before = node
        if kind == "parallel":
            lines += [f"{node} -a-> {node}m:merge", f"{node} -b-> {node}s:send_sms -> {node}m"]
            before = f"{node}m"
    lines.append(f"{before} -> out:exit")
    for place, (node, kind) in enumerate(zip(ids, kinds, strict=True)):
        if kind not in SECOND:
            continue
        target = pick(st.sampled_from(["out", *ids[place + 1 :], "back"]))
        if target == "back":
            lines.append(
                f"{node} -{SECOND[kind]}-> back{place}:delay -> {pick(st.sampled_from(ids[: place + 1]))}"
            )
        else:
            lines.append(f"{node} -{SECOND[kind]}-> {target}")
    if pick(st.booleans()):
        lines.append("g:goal")
    return draw("\n".join(lines), **{node: STEPS[kind] for node, kind in zip(ids, kinds, strict=True)})


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same JSON with the keys of every map in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, chance) for item in value]
    return value


@given(flowcharts(), st.randoms(use_true_random=False))
@FEW
def test_the_order_of_maps_means_nothing(document: dict[str, Any], chance: random.Random) -> None:
    """Shuffled nodes, edges, templates and fields give the same plan, byte for byte, and the same diagnostics."""
    told = shuffled(document, chance)

    assert plan_of(told).canonical == plan_of(document).canonical
    assert check(told, CATALOG, a_world()) == check(document, CATALOG, a_world())


@given(flowcharts(), st.randoms(use_true_random=False))
@FEW
def test_what_is_only_drawn_means_nothing(document: dict[str, Any], chance: random.Random) -> None:
    """Positions, notes, ids of edges, the journey's name and unused content change nothing."""
    plan = plan_of(document)
    for number, node in enumerate(document["nodes"].values()):
        node["position"] = {"x": chance.random() * 1000, "y": number}
        node["note"] = f"note {number}"
    document["edges"] = {f"other-{name}": edge for name, edge in document["edges"].items()}
    document["name"] = "Another name"
    document["templates"]["unused"] = {"channel": "sms", "text": "never"}
    document["promotions"]["unused"] = {"name": "never", "discount_percent": 1}

    assert plan_of(document).digest == plan.digest


@given(flowcharts(), st.data())
@FEW
def test_a_default_may_be_written_out(document: dict[str, Any], data: st.DataObject) -> None:
    """An explicit default and one left out are the same."""
    plan = plan_of(document)
    for node in document["nodes"].values():
        manifest = CATALOG.get(node["type"], 1)
        assert manifest is not None
        if data.draw(st.booleans()):
            node["config"] = with_defaults(manifest.config_schema, node["config"])
            node["version"] = 1
    document["settings"] = {"timezone": "UTC", "limit": "7 days", "reentry": {"rule": "once"}, "holidays": []}

    assert plan_of(document).canonical == plan.canonical


@given(flowcharts())
@FEW
def test_a_plan_survives_its_own_text(document: dict[str, Any]) -> None:
    """A stored plan is read back as it was, and has its address again."""
    plan = plan_of(document)

    read = Plan.from_json(plan.canonical)

    assert read == plan
    assert (read.canonical, read.digest) == (plan.canonical, plan.digest)


@given(flowcharts())
@FEW
def test_a_model_and_its_json_give_the_same_plan(document: dict[str, Any]) -> None:
    """It does not matter whether a document comes as JSON, as text or as a Flowchart."""
    flowchart = Flowchart.model_validate(document)
    again = json.loads(json.dumps(flowchart.to_json()))

    assert compile_flowchart(flowchart, CATALOG, a_world()) == plan_of(document) == plan_of(again)


@given(flowcharts())
@FEW
def test_a_leg_visits_each_node_after_all_that_lead_to_it(document: dict[str, Any]) -> None:
    """In the order of visits, edges lead forward; back they lead only to a node where contacts rest."""
    plan = plan_of(document)

    assert sorted(plan.order) == sorted(plan.nodes)
    for name, node in plan.nodes.items():
        for target in node.ports.values():
            if target is not None and plan.rank[target] <= plan.rank[name]:
                assert isinstance(plan.nodes[target].operation, RestFor | RestUntil | Wait)


@given(flowcharts(), st.data())
@FEW
def test_a_change_of_meaning_changes_the_plan(document: dict[str, Any], data: st.DataObject) -> None:
    """Another edge, value or template is another plan."""
    digest = plan_of(document).digest
    what = data.draw(st.sampled_from(["template", "limit", "config", "edge"]))
    if what == "template":
        document["templates"]["launch"]["subject"] = "Newer"
    elif what == "limit":
        document["settings"] = {"limit": "8 days"}
    elif what == "config":
        document["nodes"]["out"]["config"]["result"] = "other"
    else:
        document["nodes"]["late"] = {"type": "exit", "config": SMALLEST["exit"]}
        document["edges"]["e2"]["to"] = "late"
        document["nodes"] = {k: v for k, v in document["nodes"].items() if k in ("in", "mail", "late", "g")}
        document["edges"] = {
            k: e for k, e in document["edges"].items() if {e["from"], e["to"]} <= document["nodes"].keys()
        }

    assert plan_of(document).digest != digest


@given(flowcharts(), st.data())
@FEW
def test_any_broken_flowchart_is_diagnosed_and_never_fails(
    document: dict[str, Any], data: st.DataObject
) -> None:
    """Taking parts away or exchanging them gives diagnostics, or a plan; nothing else."""
    for _ in range(data.draw(st.integers(1, 4))):
        what = data.draw(st.sampled_from(["node", "edge", "type", "config", "port", "target"]))
        kind = "nodes" if what in ("node", "type", "config") else "edges"
        names = sorted(document[kind])
        if not names:
            continue
        name = data.draw(st.sampled_from(names))
        if what in ("node", "edge"):
            del document[kind][name]
        elif what == "type":
            document[kind][name]["type"] = data.draw(st.sampled_from([*CATALOG.keys(), "gone"]))
        elif what == "config":
            document[kind][name]["config"] = data.draw(
                st.dictionaries(
                    st.sampled_from(["for", "event", "events", "where", "within", "message"]), JSON
                )
            )
        else:
            choices = sorted({*document["nodes"], *FIRST_PORT.values(), "gone", "~exit:done"})
            document[kind][name]["port" if what == "port" else "to"] = data.draw(st.sampled_from(choices))

    found = check(document, CATALOG, a_world())

    if not any(diagnostic.severity == "error" for diagnostic in found):
        assert plan_of(document).order
    for diagnostic in found:
        assert diagnostic.message
        assert diagnostic.fix.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(JSON | st.dictionaries(st.sampled_from(["schema", "nodes", "edges", "settings", "templates"]), JSON))
def test_any_json_is_diagnosed_and_never_fails(document: Any) -> None:
    """What is no flowchart at all gets a diagnostic too."""
    assert codes(document)
