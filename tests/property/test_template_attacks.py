"""What a hostile author or hostile data can try in a template, and what comes of it: on examples that are searched for."""

from __future__ import annotations

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.content.templates import Kind, TemplateProblem, parse
from tests.unit.test_template_attacks import KINDS

_PIECES = [
    "{{", "}}", "{%", "%}", "{#", "#}", " if ", " for ", " in ", " set ", " endif ", " endfor ", " else ", "x", "x.y",
    "items", "|upper", "|join(", ")", "(", "[", "]", "0", "1", "+", "*", "**", "~", "-", "'", '"', ",", "=", "==", "<",
    ">", "<a href=", "<script>", "\n", "\\", " is defined", " not ", "\x00", "é", "_", "loop.index", "raw", "endraw",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join), st.sampled_from(KINDS))
def test_any_source_is_a_template_or_a_problem(source: str, kind: str) -> None:
    """Nothing but a TemplateProblem ever comes out of parsing or rendering."""
    try:
        text = parse(source, cast(Kind, kind)).render({"x": {"y": "<\n>"}, "items": ["a", "b"]})
    except TemplateProblem as problem:
        assert problem.message.endswith((".", "?"))
    else:
        assert kind != "line" or "\n" not in text


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(_JSON)
def test_any_data_is_shown_escaped_or_is_a_problem(value: object) -> None:
    """Whatever a contact's data holds, markup in it is escaped, a line stays a line, and nothing crashes."""
    context: dict[str, object] = {"x": value}
    for source in (
        "{{ x }}",
        '{{ x|default("-") }}',
        "{{ x|upper }}",
        "{{ x.y }}",
        "{{ x|date }}",
        '{{ x|money("EUR") }}',
    ):
        for kind in KINDS:
            try:
                text = parse(source, kind).render(context)
            except TemplateProblem as problem:
                assert problem.line == 1
                continue
            text.encode("utf-8")
            assert kind != "html" or not set(text) & set("<>'\"")
            assert kind != "line" or not set(text) & set("\r\n\x00\u202e\u2028")
