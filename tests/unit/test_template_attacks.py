"""What a hostile author or hostile data can try in a template, and what comes of it."""

from __future__ import annotations

import pytest

from engine.content.sandbox import ENVIRONMENTS, RenderContext
from engine.content.templates import Kind, TemplateProblem, parse

KINDS: tuple[Kind, ...] = ("html", "text", "line")

CONTEXT: dict[str, object] = {
    "contact": {"first_name": "Ann", "story": "x" * 100_000, "sum": 10**14, "nothing": None, "zero": 0},
    "items": [{"name": "toy"}] * 1_000,
    "numbers": list(range(2_000)),
}


class Service:
    """An object that must never be reachable, even when somebody passes one by mistake."""

    api_key = "secret"
    deleted = False

    def delete_all(self) -> str:
        Service.deleted = True
        return "deleted"


def refusal(source: str, kind: Kind = "text") -> TemplateProblem:
    """The problem that parsing ends with."""
    with pytest.raises(TemplateProblem) as caught:
        parse(source, kind)
    return caught.value


def failure(source: str, context: dict[str, object] = CONTEXT, kind: Kind = "text") -> TemplateProblem:
    """The problem that rendering ends with, of a template that parses."""
    parsed = parse(source, kind)
    with pytest.raises(TemplateProblem) as caught:
        parsed.render(context)
    return caught.value


# -- Out of the sandbox ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '{{ "".__class__.__mro__ }}',
        "{{ contact.__class__ }}",
        '{{ contact["__class__"] }}',
        '{{ (contact|default("x")).__init__ }}',
        "{{ lipsum.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ self.__init__ }}",
        "{{ self }}",
        '{{ "{0.__class__}".format_map({}) }}',
        '{{ "x"|attr("format") }}',
        '{{ ["format"]|map("attr")|list }}',
        "{{ items.append(1) }}",
        "{{ svc.delete_all() }}",
        "{% for key, value in contact.items() %}{% endfor %}",
        "{% for n in numbers %}{{ loop.__init__ }}{% endfor %}",
        "{% for n in numbers %}{{ loop.cycle(1) }}{% endfor %}",
        "{% for n in numbers %}{{ loop.previtem }}{% endfor %}",
        "{% set _x = 1 %}",
        "{% set ns.a = 1 %}",
    ],
)
def test_an_escape_from_the_sandbox_is_refused_when_saved(source: str) -> None:
    """No template that reaches for Python's insides, or calls anything, can be saved."""
    assert refusal(source).code in ("not_allowed", "unknown_filter")


@pytest.mark.parametrize(
    "source",
    [
        "{{ svc.api_key }}",
        "{{ svc.delete_all }}",
        "{{ contact.first_name.upper }}",
        "{{ items.append }}",
        "{{ range }}",
    ],
)
def test_attributes_of_python_objects_are_not_there(source: str) -> None:
    """A look-up finds keys of plain data only; a method or an attribute counts as missing."""
    assert failure(source, {**CONTEXT, "svc": Service()}).code == "missing_variable"
    assert not Service.deleted


def test_an_object_passed_by_mistake_is_not_printed() -> None:
    """Only text, numbers and truths are printed, so an object's own text never gets out."""
    assert failure("{{ svc }}", {"svc": Service()}).code == "not_text"


def test_the_environment_offers_no_globals_and_calls_nothing() -> None:
    """Below the grammar the environment itself has no functions, and refuses attributes and calls."""
    for environment in ENVIRONMENTS.values():
        assert not environment.globals
        assert not environment.is_safe_callable(len)
        for reach in (environment.getattr, environment.getitem):
            with pytest.raises(TemplateProblem):
                reach("", "__class__")
        with pytest.raises(TemplateProblem):
            environment.call_binop(RenderContext({}), "**", 9, 9)


def test_markup_in_the_context_is_escaped_like_any_text() -> None:
    """A value cannot declare itself safe."""
    from markupsafe import Markup

    assert parse("{{ name }}", "html").render({"name": Markup("<b>")}) == "&lt;b&gt;"


# -- Too much work ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{% for i in range(100001) %}x{% endfor %}", "not_allowed"),
        ("{% for a in n %}{% for b in n %}{% for c in n %}x{% endfor %}{% endfor %}{% endfor %}", "too_deep"),
        ("{% for a in numbers recursive %}{% endfor %}", "not_allowed"),
        ("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "not_allowed"),
        ("{% call a() %}{% endcall %}", "not_allowed"),
        ("{{ lipsum(n=20000) }}", "not_allowed"),
        ("{{ contact.story|wordwrap(1) }}", "unknown_filter"),
        ("{{ contact.story|indent(1000000) }}", "unknown_filter"),
        ("{{ 'a'|center(1000000000) }}", "unknown_filter"),
        ("{{ 'a'.ljust(1000000000) }}", "not_allowed"),
        ("{{ 'a'.zfill(1000000000) }}", "not_allowed"),
        ("{{ 'a' * 1000000000 }}", "not_a_number"),
        ("{{ ['a'] * 1000000000 }}", "not_a_number"),
        ("{{ '%1000000000d' % 1 }}", "not_a_number"),
        ("{{ '%1000000000d'|format(1) }}", "unknown_filter"),
        ("{{ '{:1000000000}'.format(1) }}", "not_allowed"),
        ("{{ contact.x|date('%1000000000d') }}", "bad_argument"),
        ("{{ 9 ** 9 ** 9 }}", "not_allowed"),
        ("{% set a %}xx{% endset %}", "not_allowed"),
        ("{% filter upper %}xx{% endfilter %}", "not_allowed"),
        ("{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}", "too_deep"),
        ("{{ " + "[" * 500 + "1" + "]" * 500 + " }}", "too_deep"),
        ("{{ " + "not " * 3_000 + "x }}", "too_deep"),
        ("{{ x" + "|trim" * 3_000 + " }}", "too_deep"),
        ("{{ x" + ".a" * 3_000 + " }}", "too_deep"),
        ("{% if x %}" * 200 + "{% endif %}" * 200, "too_deep"),
        ("{% if x %}a" + "{% elif x %}a" * 1_500 + "{% endif %}", "too_large"),
        ("{{ a }}" * 5_500, "too_large"),
        ("x" * 65_537, "too_large"),
        ("é" * 32_769, "too_large"),
        ("{{ " + "9" * 5_000 + " }}", "syntax"),
        ("{{ 1e999 }}", "not_allowed"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bomb_that_shows_in_the_source_is_refused_when_saved(source: str, code: str) -> None:
    """Size, depth and forbidden constructs are judged before anything runs."""
    assert refusal(source).code == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{% for a in numbers %}{% for b in numbers %}{% endfor %}{% endfor %}", "too_expensive"),
        ("{% for a in numbers %}{% if 'y' in contact.story %}{% endif %}{% endfor %}", "too_expensive"),
        ("{% for a in numbers %}{% if contact.story == 'y' %}{% endif %}{% endfor %}", "too_expensive"),
        ("{% for a in numbers %}{% set b = contact.story|upper %}{% endfor %}", "too_expensive"),
        ("{% for a in numbers %}{% set b = numbers[:1999] %}{% endfor %}", "too_expensive"),
        ("".join(f"{{% set a{n} = contact.story ~ 'x' %}}" for n in range(500)), "too_expensive"),
        ("{% for a in numbers %}{{ contact.story }}{% endfor %}", "too_long"),
        ("{{ contact.story }}{{ contact.story }}{{ contact.story }}", "too_long"),
        ("{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}", "too_long"),
        ("{{ 'a'" + "|replace('a', 'aaaaaaaaaa')" * 20 + " }}", "too_long"),
        ("{{ numbers|join(contact.story) }}", "too_long"),
        ("{% for letter in contact.story %}{{ contact.story }}{% endfor %}", "not_a_list"),
        ("{{ contact.first_name * 1000000000 }}", "not_a_number"),
        ("{{ contact.first_name % 1 }}", "not_a_number"),
        ("{{ contact.first_name + contact.first_name }}", "not_a_number"),
        ("{{ items * 1000000000 }}", "not_a_number"),
        ("{{ contact.sum * contact.sum }}", "too_expensive"),
        ("{{ items == items }}", "wrong_type"),
        ("{{ contact.first_name|truncate(1000000000) }}", "bad_argument"),
        ("{{ contact.sum|round(1000000000) }}", "bad_argument"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bomb_that_shows_only_in_a_run_is_cut_off(source: str, code: str) -> None:
    """Work that depends on the data is counted, and ends with a problem when there is too much of it."""
    assert failure(source).code == code


def test_repeated_squaring_stays_within_numbers_that_fit() -> None:
    """Numbers cannot be grown until one multiplication takes for ever."""
    assert failure("{% set a = 99 %}" + "{% set a = a * a %}" * 40 + "{{ a }}").code == "too_expensive"


def test_a_budget_is_each_renders_own() -> None:
    """A contact whose render used up its budget takes nothing from the next one."""
    parsed = parse("{% for n in numbers %}{% if n > 5 %}.{% endif %}{% endfor %}", "text")
    too_much: dict[str, object] = {"numbers": [1] * 200_000}
    results = parsed.render_many([too_much, {"numbers": [6, 7]}, too_much, {"numbers": [9]}])
    assert [getattr(result, "code", result) for result in results] == [
        "too_expensive",
        "..",
        "too_expensive",
        ".",
    ]


# -- Escaping and headers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.first_name|safe }}",
        "{{ contact|xmlattr }}",
        "{{ contact.first_name|escape }}",
        "{% autoescape false %}{{ contact.first_name }}{% endautoescape %}",
        "{% include 'other' %}",
        "{% extends 'other' %}",
        "{% import 'other' as other %}",
        "{% from 'other' import part %}",
        "{% block part %}{% endblock %}",
    ],
)
def test_escaping_cannot_be_switched_and_nothing_else_loaded(source: str) -> None:
    """There is no way to print unescaped, and no way to another template."""
    problem = refusal(source, "html")
    assert problem.code in ("not_allowed", "unknown_filter")
    assert problem.line == 1


def test_script_in_data_is_shown_as_text() -> None:
    """HTML in a contact's data is escaped, quotes included."""
    text = parse('<p title="{{ name }}">{{ name }}</p>', "html").render(
        {"name": '"><script>alert(1)</script>'}
    )
    assert "<script" not in text
    assert text.count("&#34;&gt;&lt;script&gt;") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_data_is_never_read_as_a_template(kind: Kind) -> None:
    """Braces in a contact's data are shown as they stand, also after a filter and a fallback."""
    hostile: dict[str, object] = {"name": "{{ 7*7 }}{% for %}"}
    for source in ("{{ name }}", "{{ name|trim }}", "{{ other|default(name) }}", '{{ name ~ "" }}'):
        assert parse(source, kind).render(hostile) == "{{ 7*7 }}{% for %}"


@pytest.mark.parametrize(
    "hostile",
    [
        "Ann\r\nBcc: x@example.com",
        "Ann\nBcc: x@example.com",
        "Ann\rBcc: x@example.com",
        "Ann\u2028Bcc: x@example.com",
    ],
)
def test_a_line_cannot_grow_a_header(hostile: str) -> None:
    """Line breaks in data become one space in a subject, so that no header can be added."""
    context: dict[str, object] = {"name": hostile}
    for source in (
        "Hi {{ name }}",
        'Hi {{ name|default("x") }}',
        'Hi {{ "" ~ name }}',
        "Hi {{ names[0] if 0 else name }}",
    ):
        assert parse(source, "line").render(context) == "Hi Ann Bcc: x@example.com"


def test_a_line_is_one_line_whatever_its_author_wrote() -> None:
    """Line breaks and control characters of the template itself go, too."""
    assert parse("\n Hi\x00 {{ name }}\r\nBcc: y\n", "line").render({"name": "Ann"}) == "Hi Ann Bcc: y"


@pytest.mark.parametrize("override", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_direction_overrides_are_stripped_from_a_line(override: str) -> None:
    """A name cannot turn the rest of a subject around."""
    assert parse("Hi {{ name }}", "line").render({"name": f"A{override}nn"}) == "Hi Ann"


def test_text_keeps_lines_and_tabs_and_nothing_else_that_controls() -> None:
    """In an SMS line ends are kept, as one character; other controls, overrides and half characters go."""
    hostile = "a\r\nb\rc\nd\te\x00\x07\x1b[31m\x7f\x85\u202e\ud800f"
    assert parse("{{ x }}", "text").render({"x": hostile}) == "a\nb\nc\nd\te[31mf"


def test_letters_of_every_script_are_left_alone() -> None:
    """Cleaning takes no accent, emoji, joiner or right-to-left letter away."""
    for name in ("Zoë", "李雷", "مريم", "👩\u200d👧", "a\u00a0b", "क\u094dष"):
        for kind in KINDS:
            assert parse("{{ x }}", kind).render({"x": name}) == name


def test_a_line_has_a_length() -> None:
    """A megabyte of a name does not become a subject."""
    assert failure("Hi {{ name }}", {"name": "x" * 1_000_000}, "line").code == "too_long"


# -- Places in the HTML ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        '<a href="{{ x }}">',
        "<a href='{{ x }}'>",
        '<a HREF = " {{ x }}">',
        '<a href="javascript:{{ x }}">',
        '<a href="java{{ x }}">',
        '<a href="//{{ x }}">',
        '<a href="{% if y %}https://a/{% endif %}{{ x }}">',
        '<a href="{{ x|default("https://a/") }}">',
        '<img src="{{ x }}">',
        '<form action="{{ x }}">',
        "<a href={{ x|url }}>",
        "<p class={{ x }}>",
        "<p class=a{{ x }}>",
        '<p onclick="f({{ x }})">',
        '<iframe srcdoc="{{ x }}">',
        '<svg><a><animate attributeName="href" values="{{ x }}"/></a></svg>',
        '<svg><a><SET attributeName="{{ x }}" to="a"/></a></svg>',
        "<script>var a = {{ x }};</script>",
        "<SCRIPT>{{ x }}</SCRIPT>",
        "<style>p { color: {{ x }} }</style>",
        '<p style="color: {{ x }}">',
        "<p STYLE='{{ x|url }}'>",
        '<meta http-equiv=refresh content="0;url={{ x }}">',
        '<META content="0;url={{ x|url }}" http-equiv="refresh">',
        "<{{ x }}>",
        "</{{ x }}>",
        "<p {{ x }}>",
        "<p title{{ x }}='a'>",
        '<p {% if y %}onclick{% else %}title{% endif %}="{{ x }}">',
        '<p {% if y %}title{% else %}onclick{% endif %}="{{ x }}">',
        '<p title="{% if y %}">{% endif %}{{ x }}">',
        "{% for y in z %}<p {% endfor %}>{{ x }}",
        '<!--[if mso]><a href="{{ x }}"><![endif]-->',
    ],
)
def test_a_value_is_refused_where_escaping_is_not_enough(source: str) -> None:
    """Links must be checked, attributes quoted, and no value stands in scripts, styles, events or tags."""
    assert refusal(source, "html").code == "unsafe_place"


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE html><html><head><title>{{ x }}</title></head><body class="a">{{ x }}</body></html>',
        '<a href="{{ x|url }}">{{ x }}</a>',
        '<a href="https://shop.example/?q={{ x|urlencode }}&amp;a={{ x }}">b</a>',
        '<a href="{{ x|url }}?id={{ x }}">b</a>',
        '<a href="/products/{{ x }}">b</a>',
        '<a href="mailto:{{ x }}">b</a>',
        '<option {% if x %}selected{% endif %} value="{{ x }}">',
        '<p class="a {% if x %}b{% else %}c{% endif %} {{ x }}" style="color: red">a < b {{ x }}</p>',
        "{% for y in z %}<p title='{{ y }}'>{{ y }}</p>{% else %}<p>none</p>{% endfor %}",
        "{% if x %}<div class='a'>{% else %}<div>{% endif %}{{ x }}</div>",
        "<style>p { color: red }</style><script>var a = '<p ' + 1;</script>{{ x }}",
        "<!-- {{ x }} <a href=' -->{{ x }}",
        "<!--[if mso]><table><![endif]-->{{ x }}<!--[if !mso]><!--><p title='{{ x }}'><!--<![endif]-->{{ x }}",
        "<br/><hr />{{ x }}",
        "<p {% if x %}style='color: red'{% else %}style='color: blue'{% endif %}>{{ x }}</p>",
        "<p style='{% if x %}color: red{% endif %}'>{{ x }}</p>",
    ],
)
def test_a_value_is_welcome_where_escaping_is_enough(source: str) -> None:
    """Text, quoted attributes, and links with a checked or fixed beginning are fine."""
    assert parse(source, "html").kind == "html"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "/local",
        "shop.example",
        "https://",
        "https://a b",
        "https://a\nb",
        "https:\\\\evil.example",
        "http://[",
        "",
    ],
)
def test_the_url_filter_lets_no_unsafe_link_out(link: str) -> None:
    """What is no whole http, https, mailto or tel link is a problem, not a link."""
    problem = failure("{{ link|url }}", {"link": link}, "html")
    assert problem.code in ("unsafe_link", "empty_variable")


# -- Whatever comes --------------------------------------------------------------------------------------
