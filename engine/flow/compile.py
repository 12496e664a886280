"""From a drawing to a plan: the phases in their order."""

from collections.abc import Mapping
from typing import Any

from engine.flow.checks import run_checks
from engine.flow.diagnostic import Diagnostic, NotPublishable
from engine.flow.document import Flowchart
from engine.flow.fuse import fuse
from engine.flow.lower import lower
from engine.flow.manifest import Catalog
from engine.flow.plan import Plan
from engine.flow.read import read
from engine.flow.resolve import resolve
from engine.flow.world import World

Document = Flowchart | Mapping[str, Any]


def check(document: Document, catalog: Catalog, world: World) -> list[Diagnostic]:
    """Everything that can be said of a flowchart, errors first, then by place. It takes anything and never raises."""
    flowchart, problems = read(document)
    if flowchart is None:
        return problems
    return run_checks(resolve(flowchart, catalog), world)


def compile_flowchart(document: Document, catalog: Catalog, world: World) -> Plan:
    """The plan of a flowchart. NotPublishable, with every error, when it has one."""
    flowchart, problems = read(document)
    if flowchart is None:
        raise NotPublishable(problems)
    resolved = resolve(flowchart, catalog)
    errors = [problem for problem in run_checks(resolved, world) if problem.severity == "error"]
    if errors:
        raise NotPublishable(errors)
    return fuse(lower(resolved, world))
