"""The world outside a flowchart, as far as the checks ask for it: plain data, and two functions of the content room."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine.flow.document import Promotion, Template

TemplateProblems = Callable[[str, str, Collection[str]], Sequence[tuple[str, str]]]
TemplateVariables = Callable[[str, str], Collection[str]]


def _no_problems(source: str, kind: str, known: Collection[str]) -> Sequence[tuple[str, str]]:
    return ()


def _no_variables(source: str, kind: str) -> Collection[str]:
    return ()


@dataclass(frozen=True)
class World:
    """What exists when a flowchart is checked. The default is a world in which nothing does.

    `segments` says how many contacts are in each, None when nobody has counted; `condition_segments` are those of the
    segments that are a condition. `channels` are those with an account to send by, `accounts` the accounts by name, each
    with its channel. `now` is the instant of the check, in milliseconds since the epoch; None leaves out what depends on
    it. `variables` are the dotted names that templates may read ("contact.email", "event.*").

    `template_problems(source, kind, known)` gives (code, message) for each problem, where an unknown variable has the
    code "unknown_variable"; `template_variables(source, kind)` the variables without which the template cannot be
    rendered. `kind` is "html", "text" or "line".
    """

    templates: Mapping[str, Template] = field(default_factory=dict)
    promotions: Mapping[str, Promotion] = field(default_factory=dict)
    segments: Mapping[str, int | None] = field(default_factory=dict)
    condition_segments: Collection[str] = frozenset()
    channels: Collection[str] = frozenset()
    accounts: Mapping[str, str] = field(default_factory=dict)
    tags: Collection[str] = frozenset()
    variables: Collection[str] = frozenset()
    now: int | None = None
    template_problems: TemplateProblems = _no_problems
    template_variables: TemplateVariables = _no_variables


EMPTY = World()
"""A world in which nothing exists."""
