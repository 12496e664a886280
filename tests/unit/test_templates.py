"""Templates as their callers use them: parse, check, render, render many."""

from __future__ import annotations

import pickle
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from engine.content import templates
from engine.content.templates import Kind, TemplateProblem, check, parse

LAUNCH = """<p>Hello {{ contact.first_name|default("there") }},</p>
{% for product in promotion.products %}
<li>{{ loop.index }}. {{ product.name }} {{ product.price|money("EUR") }}</li>
{% endfor %}
<a href="{{ promotion.link|url }}">{{ promotion.name }}</a>"""


def render(source: str, context: dict[str, object], kind: Kind = "text") -> str:
    """The text of one render."""
    return parse(source, kind).render(context)


def problem_of(source: str, context: dict[str, object], kind: Kind = "text") -> TemplateProblem:
    """The problem of one render."""
    with pytest.raises(TemplateProblem) as caught:
        render(source, context, kind)
    return caught.value


# -- Rendering -------------------------------------------------------------------------------------------


def test_a_campaign_email_is_rendered() -> None:
    """Fallbacks, loops, filters and links work together, and values are escaped."""
    promotion = {
        "name": "Spring & Toys",
        "link": "https://shop.example/spring",
        "products": [{"name": "<Car>", "price": 72}, {"name": "Bear", "price": "45.5"}],
    }
    text = render(LAUNCH, {"contact": {}, "promotion": promotion}, "html")
    assert text == (
        "<p>Hello there,</p>\n"
        "<li>1. &lt;Car&gt; €72.00</li>\n"
        "<li>2. Bear €45.50</li>\n"
        '<a href="https://shop.example/spring">Spring &amp; Toys</a>'
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ c.name }} {{ c.age }} {{ c.score }} {{ c.vip }}", "Ann 41 2.5 true"),
        ("{{ c['name'] }}{{ c['first name'] }}", "AnnA"),
        ("{{ c.tags[0] }}{{ c.tags.1 }}{{ c.tags.length }}", "ab3"),
        ("{{ c.tags[1:]|join('-') }}{{ c.name[:2] }}", "b-cAn"),
        ("{{ c.address.city.name }}", "Rome"),
        ("{{ (c.orders|first).id }}{{ (c.orders|last).id }}", "79"),
        ("{% if c.age >= 18 and c.vip %}adult{% elif c.age %}minor{% else %}?{% endif %}", "adult"),
        ("{% if c.nothing %}a{% else %}b{% endif %}{{ c.nothing or c.name }}", "bAnn"),
        ("{% if c.plan in ['gold', 'silver'] and 'a' in c.tags %}yes{% endif %}", "yes"),
        ("{% if 'z' not in c.tags %}no{% endif %}{% if c.name is defined and c.x is undefined %}!{% endif %}", "no!"),
        ("{{ 'Ms' if c.vip else 'Dear' }}|{{ 'x' if c.nothing }}|", "Ms||"),
        ("{% set who = c.nick|default(c.name) %}{{ who ~ '-' ~ c.age }}", "Ann-41"),
        ("{{ c.age + 1 }} {{ c.age * 2 - 1 }} {{ c.age // 2 }} {{ c.age % 2 }} {{ -c.age }} {{ 1 / 4 }}", "42 81 20 1 -41 0.25"),
        ("{% for t in c.tags %}{{ t }}{% if not loop.last %},{% endif %}{% endfor %}", "a,b,c"),
        ("{% for t in c.tags if t != 'b' %}{{ loop.index0 }}{{ t }}{% else %}none{% endfor %}", "0a1c"),
        ("{% for t in c.none|default([]) %}x{% else %}none{% endfor %}", "none"),
        ("{% for o in c.orders %}{% for l in o.lines %}{{ o.id }}{{ l }} {% endfor %}{% endfor %}", "7x 7y 9z "),
        ("{% raw %}{{ c.name }}{% endraw %}{# a comment #}", "{{ c.name }}"),
        ("{% if c.name %}\nyes\n{% endif %}\nend", "yes\nend"),
        ("{% if c.nothing is none %}none{% endif %}", "none"),
    ],
)  # fmt: skip
def test_the_language(source: str, expected: str) -> None:
    """Every construct that a template may use does what its words say."""
    contact = {
        "name": "Ann",
        "first name": "A",
        "age": 41,
        "score": 2.5,
        "vip": True,
        "nothing": None,
        "plan": "gold",
        "tags": ["a", "b", "c"],
        "address": {"city": {"name": "Rome"}},
        "orders": [{"id": 7, "lines": ["x", "y"]}, {"id": 9, "lines": ["z"]}],
    }
    assert render(source, {"c": contact}) == expected


def test_a_line_is_trimmed() -> None:
    """A subject has no space around it, wherever a tag left one."""
    assert render(" {% if a %} x {% endif %} ", {"a": 1}, "line") == "x"


# -- Problems name the variable and the line -------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "variable"),
    [
        ("Hi\n\n{{ contact.nick }}", "contact.nick"),
        ("Hi\n\n{{ contact.nick|upper }}", "contact.nick"),
        ("Hi\n\n{{ contact['nick'] ~ 'x' }}", 'contact["nick"]'),
        ("Hi\n\n{% if contact.nick %}x{% endif %}", "contact.nick"),
        ("Hi\n\n{% if contact.nick == 'x' %}x{% endif %}", "contact.nick"),
        ("Hi\n\n{% set a = contact.nick %}", "contact.nick"),
        ("Hi\n\n{{ contact.tags[7] }}", "contact.tags[7]"),
        ("Hi\n\n{{ contact.address.city }}", "contact.address.city"),
        ("Hi\n\n{{ coupon.code }}", "coupon.code"),
        ("Hi\n\n{{ coupon }}", "coupon"),
        ("Hi\n\n{% for p in promotion.products %}x{% endfor %}", "promotion.products"),
        ("Hi\n{% for t in contact.tags %}\n{{ t.name }}\n{% endfor %}", "t.name"),
        ("Hi\n\n{{ contact.name|default(contact.nick) }}", "contact.nick"),
    ],
)
def test_a_missing_variable_is_named_with_its_line(source: str, variable: str) -> None:
    """StrictUndefined: a variable that is not there is a problem, named as the author wrote it."""
    problem = problem_of(source, {"contact": {"name": "Ann", "tags": ["a"]}})
    assert (problem.code, problem.variable, problem.line) == ("missing_variable", variable, 3)
    assert variable in problem.message
    assert "default" in problem.message
    assert str(problem).startswith("Line 3: ")


def test_printing_null_is_a_problem_and_testing_it_is_not() -> None:
    """No customer is ever greeted as None; a condition takes null for false."""
    context: dict[str, object] = {"contact": {"nick": None}}
    for source in ("{{ contact.nick }}", "{{ contact.nick|upper }}", "{{ 'a' ~ contact.nick }}"):
        problem = problem_of(source, context)
        assert (problem.code, problem.variable) == ("empty_variable", "contact.nick")
    assert render("{% if contact.nick %}a{% else %}b{% endif %}", context) == "b"
    assert problem_of("{{ contact.nick or contact.nick }}", context).code == "empty_variable"


@pytest.mark.parametrize("value", [["a"], {"a": 1}])
def test_a_list_or_group_is_not_printed(value: object) -> None:
    """Python's way of writing lists never reaches a customer."""
    problem = problem_of("{{ contact.tags }}", {"contact": {"tags": value}})
    assert (problem.code, problem.variable, problem.line) == ("not_text", "contact.tags", 1)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ 1 / contact.zero }}", "calculation"),
        ("{{ 1 % contact.zero }}", "calculation"),
        ("{% if contact.name > 3 %}x{% endif %}", "wrong_type"),
        ("{% if contact.name in contact.zero %}x{% endif %}", "wrong_type"),
        ("{% for letter in contact.name %}x{% endfor %}", "not_a_list"),
        ("{{ contact.zero[:3] }}", "wrong_type"),
        ("{{ contact.nan }}", "not_text"),
    ],
)
def test_a_mistake_with_a_value_is_a_problem_with_its_line(source: str, code: str) -> None:
    """Whatever goes wrong in a render has a code, a line and a next step."""
    problem = problem_of("\n" + source, {"contact": {"name": "Ann", "zero": 0, "nan": float("nan")}})
    assert (problem.code, problem.line) == (code, 2)
    assert problem.message.count(". ") >= 1


@pytest.mark.parametrize(
    ("source", "line"),
    [("a\n{% if %}", 2), ("{{ a ", 1), ("a\n\n{% endif %}", 3), ("{{ a b }}", 1), ("{% unknown %}", 1)],
)
def test_a_template_that_cannot_be_read_names_its_line(source: str, line: int) -> None:
    """A mistake of syntax is found when the template is saved."""
    with pytest.raises(TemplateProblem) as caught:
        parse(source, "text")
    assert (caught.value.code, caught.value.line) == ("syntax", line)


def test_a_problem_survives_pickling() -> None:
    """A problem crosses processes whole."""
    problem = problem_of("{{ coupon.code }}", {})
    copy = cast(TemplateProblem, pickle.loads(pickle.dumps(problem)))  # noqa: S301
    assert (copy.code, copy.message, copy.line, copy.variable) == (
        problem.code, problem.message, problem.line, problem.variable,
    )  # fmt: skip


# -- Many contacts ---------------------------------------------------------------------------------------


def test_one_contacts_problem_fails_no_other() -> None:
    """A bulk render gives one result for each context, in order: a text, or that contact's problem."""
    contexts: list[dict[str, object]] = [
        {"contact": {"first_name": "Ann"}},
        {"contact": {}},
        {},
        {"contact": {"first_name": ["?"]}},
        {"contact": {"first_name": "x" * 300_000}},
        {"contact": {"first_name": "Bob"}},
    ]
    results = parse("Hi {{ contact.first_name }}", "text").render_many(iter(contexts))
    codes = [result if isinstance(result, str) else result.code for result in results]
    assert codes == ["Hi Ann", "missing_variable", "missing_variable", "not_text", "too_long", "Hi Bob"]
    assert all(result.__traceback__ is None for result in results if isinstance(result, TemplateProblem))


def test_a_render_changes_nothing_that_it_was_given() -> None:
    """The same context may serve many templates, and a name set in one render is gone in the next."""
    context: dict[str, object] = {"contact": {"tags": ["a"]}}
    parsed = parse("{% set contact = contact.tags[0] %}{{ contact }}", "text")
    assert [parsed.render(context), parsed.render(context)] == ["a", "a"]
    assert context == {"contact": {"tags": ["a"]}}


def test_threads_share_one_template() -> None:
    """A parsed template may be rendered by many threads at once."""
    source = "{% set who = name %}{% for x in xs %}{{ who }}{% endfor %}"

    def work(number: int) -> str:
        return render(source, {"name": str(number), "xs": [0] * 50})

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(200))) == [str(number) * 50 for number in range(200)]


# -- The cache -------------------------------------------------------------------------------------------


def test_a_template_is_compiled_once_for_each_kind() -> None:
    """The cache is keyed by kind and content."""
    assert parse("Hi {{ a }}", "text") is parse("Hi {{ a }}", "text")
    assert parse("Hi {{ a }}", "html") is not parse("Hi {{ a }}", "text")
    assert parse("Hi {{ a }}", "html").digest == parse("Hi {{ a }}", "text").digest


def test_the_cache_is_bounded_and_forgets_the_least_recently_used() -> None:
    """However many templates are previewed, memory stays bounded, and what is in use stays compiled."""
    cache = templates._Cache(2)
    first, second, third = (parse(f"cache {n}", "text") for n in range(3))
    cache.put(first)
    cache.put(second)
    assert cache.get("text", first.digest) is first
    cache.put(third)
    assert len(cache) == 2
    assert cache.get("text", second.digest) is None
    assert cache.get("text", first.digest) is first


# -- Variables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "required", "optional"),
    [
        ("{{ contact.first_name }} {{ coupon.code }}", {"contact.first_name", "coupon.code"}, set()),
        ("{{ contact.a|default('x') }}{{ contact['b'] }}", {"contact.b"}, {"contact.a"}),
        ("{{ contact.a|default('x') }}{{ contact.a }}", {"contact.a"}, set()),
        ("{{ contact.a|default(contact.b) }}", {"contact.b"}, {"contact.a"}),
        ("{{ contact.a|upper|default('x') }}", {"contact.a"}, set()),
        ("{% if event.id is defined and x %}{{ event.id }}{% endif %}", {"x"}, {"event.id"}),
        ("{% if event.id is defined %}{% else %}{{ event.id }}{% endif %}", {"event.id"}, set()),
        (
            "{% for p in promotion.products %}{{ p.name }}{{ loop.index }}{% endfor %}",
            {"promotion.products", "promotion.products.*.name"},
            set(),
        ),
        (
            "{% for p in a.b %}{% for q in p.c if q.on %}{{ q }}{% endfor %}{% endfor %}{{ p.z }}",
            {"a.b", "a.b.*.c", "a.b.*.c.*", "a.b.*.c.*.on", "p.z"},
            set(),
        ),
        ("{{ a.list[0].x }}{{ (a.list|first).y }}{{ a.list[:3]|join }}", {"a.list.*.x", "a.list.*.y", "a.list"}, set()),
        ("{% set who = contact.name %}{{ who }}{{ who.first }}", {"contact.name", "contact.name.first"}, set()),
        ("{% set who = contact.a ~ contact.b %}{{ who }}", {"contact.a", "contact.b"}, set()),
        ("{{ x.at|date }}", {"x.at"}, {"contact.timezone", "journey.timezone"}),
        ("{{ x.at|date('%d', 'Europe/Rome') }}", {"x.at"}, set()),
        ("{{ 'a' if b.c > d.e else f.g }}{{ h.i ~ -j.k }}", {"b.c", "d.e", "f.g", "h.i", "j.k"}, set()),
        ("{{ a.x|money(a.currency) }}{{ a.y is divisibleby(a.n) }}", {"a.x", "a.currency", "a.y", "a.n"}, set()),
        ("no variables {# {{ a }} #}", set(), set()),
    ],
)  # fmt: skip
def test_variables_are_found(source: str, required: set[str], optional: set[str]) -> None:
    """A template tells the dotted paths that it reads, and which of them it can do without."""
    parsed = parse(source, "text")
    assert parsed.required == required
    assert parsed.optional == optional
    assert parsed.variables == required | optional


# -- Checking against what is known ----------------------------------------------------------------------

KNOWN = {"contact.first_name", "contact.attributes.*", "coupon.code", "promotion.products.*.name", "event.*"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.first_name }}{{ coupon.code }}",
        "{{ contact.attributes.shoe_size }}{{ contact.attributes.address.city }}",
        "{% for p in promotion.products %}{{ p.name }}{% endfor %}{{ promotion.products[0].name }}",
        "{{ event.order_id|date }}{% set a = 1 %}{{ a }}",
        "{% for c in ['x', 'y'] %}{{ c }}{% endfor %}",
    ],
)
def test_known_variables_pass(source: str) -> None:
    """A listed path, whatever lies under an open group, and the template's own names are known."""
    assert check(source, "html", KNOWN) == []


@pytest.mark.parametrize(
    ("source", "variable", "meant"),
    [
        ("\n{{ contact.frist_name }}", "contact.frist_name", "contact.first_name"),
        ("\n{{ contact.firstname|default('x') }}", "contact.firstname", "contact.first_name"),
        ("\n{{ coupon.kode }}", "coupon.kode", "coupon.code"),
        ("\n{% for p in promotion.products %}{{ p.nmae }}{% endfor %}", "promotion.products.*.nmae", "promotion.products.*.name"),
        ("\n{{ contact.password_hash }}", "contact.password_hash", None),
        ("\n{{ weather.today }}", "weather.today", None),
        ("\n{{ coupon.code.secret }}", "coupon.code.secret", "coupon.code"),
    ],
)  # fmt: skip
def test_an_unknown_variable_is_found_before_anything_is_sent(
    source: str, variable: str, meant: str | None
) -> None:
    """A name that no message has is reported with its line, and with the name that was probably meant."""
    (problem,) = check(source, "text", KNOWN)
    assert (problem.code, problem.variable, problem.line) == ("unknown_variable", variable, 2)
    assert ("Did you mean" in problem.message) == (meant is not None)
    assert meant is None or meant in problem.message


@pytest.mark.parametrize("known", [["a.b"], ("a.b",), frozenset({"a.b"}), {"a.b": "Its help"}])
def test_known_variables_may_be_any_collection(known: Collection[str]) -> None:
    """Lists, sets and mappings of known paths are all fine."""
    assert check("{{ a.b }}", "text", known) == []


def test_a_check_lists_every_problem_in_the_order_of_its_lines() -> None:
    """An author sees everything at once: first what is not allowed, and when that is clean, what is unknown."""
    refused = check("{{ a|safe }}\n{{ b() }}\n{{ c ** 2 }}", "html", ())
    assert [(problem.code, problem.line) for problem in refused] == [
        ("unknown_filter", 1), ("not_allowed", 2), ("not_allowed", 3),
    ]  # fmt: skip
    unknown = check("{{ a }}\n{{ b }}{{ a }}", "html", ())
    assert [(problem.variable, problem.line) for problem in unknown] == [("a", 1), ("b", 2)]
    assert [problem.code for problem in check("{{ a ", "html", ())] == ["syntax"]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ n + 1 }}", 4),
        ("{{ n / 2 }}", 1.5),
        ("{{ n == 3 }}", True),
        ("{{ none|default(0) }}", 0),
        ("{{ zip }}", "00184"),
        ("{{ n }} and more", "3 and more"),
        ("{% if n %}{{ n }}{% endif %}", "3"),
        ("3", "3"),
    ],
)
def test_a_value_of_one_expression_keeps_its_kind(source: str, value: object) -> None:
    """A number or a truth alone stays one; whatever has words around it, or is text, is text."""
    made = parse(source, "value").value({"n": 3, "zip": "00184"})

    assert (made, type(made)) == (value, type(value))
