"""What configs refer to: templates, promotions, accounts, tags, segments."""

from typing import Any

import pytest
from pydantic import ValidationError

from engine.journey.time import Window, is_zone
from tests.unit.flow.drawing import a_world, codes, draw, found, plan_of
from tests.unit.flow.faulty import PLAIN, content_world, edited, with_promotion, with_template
from tests.unit.journey.story import given

COUPON = "in:campaign -> gift:give_coupon -> mail:send_email -> out:exit"
READING = {"launch": {"channel": "email", "subject": "S", "text": "{{ coupon.code }}"}}


def test_a_message_may_read_the_coupon_given_before_it() -> None:
    """A variable that a node provides is known behind it, and not before."""
    after = edited(draw(COUPON), templates=READING)
    before = edited(draw("in:campaign -> mail:send_email -> gift:give_coupon -> out:exit"), templates=READING)

    assert codes(after, content_world()) == []
    assert codes(before, content_world()) == ["variable-too-early"]


@pytest.mark.parametrize(
    ("text", "trigger", "config", "expected"),
    [
        ("{{ promotion.name }}", "campaign", {}, ["variable-too-early"]),
        ("{{ promotion.name }}", "campaign", {"promotion": "spring"}, []),
        ("{{ event.total }}", "campaign", {}, ["variable-too-early"]),
        ("{{ event.total }}", "event", {}, []),
        ("{{ event.total }}", "api_call", {}, []),
        ("{{ contact.first_name }}", "campaign", {}, []),
    ],
)
def test_variables_depend_on_what_is_there(
    text: str, trigger: str, config: dict[str, Any], expected: list[str]
) -> None:
    """An offer needs a promotion in the node, an event a trigger that has one."""
    document = draw(PLAIN.replace("campaign", trigger), mail=config)
    document["templates"]["launch"]["text"] = text

    assert codes(document, content_world()) == expected


@pytest.mark.parametrize(
    ("channel", "parts", "missing"),
    [
        ("email", {"subject": "S", "html": "<p>T</p>"}, []),
        ("email", {"text": "T"}, ["subject"]),
        ("email", {"subject": "S"}, ["text"]),
        ("email", {}, ["subject", "text"]),
        ("sms", {"text": "T"}, []),
        ("sms", {"text": " \n"}, ["text"]),
        ("push", {"title": "T", "text": "T"}, []),
        ("push", {"text": "T"}, ["title"]),
    ],
)
def test_a_message_says_something(channel: str, parts: dict[str, str], missing: list[str]) -> None:
    """Each channel needs its own parts."""
    document = draw(f"in:campaign -> m:send_{channel} -> out:exit", m={"template": "t"})
    document["templates"]["t"] = {"channel": channel, **parts}

    said = found(document, a_world(channels={"email", "sms", "push"}))

    assert [diagnostic.message.partition(" has no ")[2] for diagnostic in said] == [
        f"{part}." for part in missing
    ]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, []),
        ({"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-03-31T23:59:59+02:00"}, []),
        ({"ends_at": "2026-03-31"}, ["promotion-dates"]),
        ({"ends_at": "2026-03-31T10:00:00"}, ["promotion-dates"]),
        ({"ends_at": "soon"}, ["promotion-dates"]),
        ({"starts_at": "2026-02-30T00:00:00Z"}, ["promotion-dates"]),
        ({"ends_at": "2026-02-28T23:59:59Z"}, ["promotion-over"]),
    ],
)
def test_dates_of_promotions(dates: dict[str, str], expected: list[str]) -> None:
    """A date needs its offset, the end comes after the start, and an end in the past is only a warning."""
    assert codes(with_promotion(**dates), content_world()) == expected


def test_a_promotion_is_judged_once() -> None:
    """Two nodes that name it share one diagnostic."""
    document = with_promotion(ends_at="soon")
    document["nodes"]["again"] = document["nodes"]["gift"]
    document["edges"]["e9"] = {"from": "gift", "port": "expired", "to": "again"}
    document["edges"]["e8"] = {"from": "again", "port": "given", "to": "out"}

    assert codes(document, content_world()) == ["promotion-dates"]


def test_a_template_is_read_once() -> None:
    """However many nodes send it, its source is parsed a single time."""
    asked: list[str] = []

    def problems(source: str, kind: str, known: object) -> list[tuple[str, str]]:
        asked.append(source)
        return []

    document = draw("in:campaign -> mail:send_email -> more:send_email -> out:exit")

    assert codes(document, a_world(template_problems=problems)) == []
    assert len(asked) == 2  # its subject and its text


def test_all_problems_of_a_template_are_told() -> None:
    """Each part is judged by its own kind."""
    document = with_template(subject="{{ broken", text="{{ contact.nmae }}")

    assert codes(document, content_world()) == ["template-problem", "unknown-variable"]


def test_fields_that_are_templates_are_read_like_messages() -> None:
    """Each text within a field of JSON is a template of its own; what a field cannot know, such as a coupon, is unknown."""
    paths = "in:event -> hook:hook -> out:exit"
    sound = {"url": "https://example.com/{{ contact.first_name }}", "values": {"a": 5, "b": "{{ event.name }}"},
             "body": '{"who": "{{ contact.first_name|default(\\"friend\\") }}", "n": [1]}'}  # fmt: skip

    assert codes(draw(paths, hook=sound), content_world()) == []
    assert codes(draw(paths, hook={**sound, "body": "{{ coupon.code }}"}), content_world()) == [
        "field-unknown-variable"
    ]
    assert codes(draw(paths, hook={**sound, "body": '["{{ contact.nmae }}", "{{ broken"]'}), content_world()) == [
        "field-problem", "field-unknown-variable"
    ]  # fmt: skip


def test_a_template_in_one_of_several_shapes_is_read_where_that_shape_is_chosen() -> None:
    """A field of the same name in another shape is no template."""
    paths = "in:campaign -> hook:hook -> out:exit"
    hook = {"url": "https://example.com/"}

    for by, wanted in (("words", ["field-problem"]), ("code", [])):
        drawn = draw(paths, hook={**hook, "how": {"by": by, "said": "{{ broken"}})
        assert codes(drawn, content_world()) == wanted


def test_a_tag_that_the_journey_gives_is_known() -> None:
    """Asking for it is no mistake, wherever it is given."""
    paths = "in:campaign -> t:has_tag -> out:exit\nt -no-> give:add_tag -> out"

    assert "unknown-tag" not in codes(draw(paths, t={"tag": "NEW"}, give={"tag": "NEW"}))
    assert codes(draw(paths, t={"tag": "NEW"}, give={"tag": "OTHER"})) == ["unknown-tag"]


def test_a_tag_has_a_name() -> None:
    """Spaces around a tag are no part of it, and alone they are none."""
    paths = "in:campaign -> give:add_tag -> t:has_tag -> out:exit\nt -no-> out"

    assert codes(draw(paths, t={"tag": " NEW"}, give={"tag": "NEW "})) == []
    assert codes(draw(paths, t={"tag": "ATTIVO"}, give={"tag": "  "})) == ["config-invalid"]


def test_names_inside_conditions_are_looked_up() -> None:
    """Segments and tags in a split's conditions count like those in fields, and the place leads there."""
    condition = {
        "op": "all",
        "of": [{"op": "in_segment", "segment": "vups"}, {"op": "tagged", "tag": "ATIVO"}],
    }
    document = draw(
        "in:campaign -> s:split -> out:exit\ns -otherwise-> out",
        s={"branches": [{"port": "vip", "condition": condition}]},
    )

    said = found(document)

    assert [(one.code, one.field) for one in said] == [
        ("unknown-segment", "branches.0.condition"),
        ("unknown-tag", "branches.0.condition"),
    ]


def test_a_trigger_may_wait_for_the_first() -> None:
    """An empty segment and a tag that nobody has are what their triggers wait for."""
    paths = "in:segment -> out:exit\nalso:tag -> out"

    assert codes(draw(paths, **{"in": {"segment": "nobody"}, "also": {"tag": "NEW"}})) == []


def test_an_account_must_be_for_the_channel() -> None:
    """With accounts by name, one for another channel will not do, and any gives its channel an account."""
    world = a_world(channels=(), accounts={"mailer": "email", "texter": "sms"})

    assert codes(draw(PLAIN, mail={"account": "mailer"}), world) == []
    assert codes(draw(PLAIN, mail={"account": "texter"}), world) == ["unknown-account"]
    assert codes(draw(PLAIN), a_world(channels=(), accounts={})) == ["no-account"]


def test_a_condition_in_an_act_is_read() -> None:
    """A package's node with a condition in its config gets it checked like any other."""
    paths = "in:campaign -> a:acme.score -> out:exit"

    assert codes(draw(paths, a={"only_if": {"op": "tagged", "tag": "ATTIVO"}})) == []
    assert codes(draw(paths, a={"only_if": {"op": "tagged"}})) == ["config-invalid"]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"at": None}, ["config-invalid"]),
        ({"at": "25:00"}, ["config-invalid"]),
        ({"at": None, "opens": "09:00"}, ["config-invalid"]),
        ({"at": None, "date": "2030-02-30"}, ["config-invalid"]),
        ({"at": None, "date": "2030-02-28", "attribute": "renewal"}, ["config-invalid"]),
        ({"at": None, "date": "2030-02-28", "weekdays": [0]}, ["config-invalid"]),
        ({"at": "09:00", "weekdays": [7]}, ["config-invalid"]),
        ({"at": "09:00", "yearly": True}, ["config-invalid"]),
        ({"at": None, "attribute": "event.when"}, ["config-invalid"]),
        ({"at": None, "attribute": 'contact."contract'}, ["config-invalid"]),
        ({"at": None, "attribute": "contact.email.domain"}, ["config-invalid"]),
        ({"at": None, "attribute": 'contract."ends.on"'}, []),
        ({"at": None, "date": "2026-02-28"}, []),
        ({"at": None, "date": "2026-02-26"}, ["date-passed"]),
        ({"at": None, "date": "2026-02-26", "offset_days": 5}, []),
        ({"at": None, "date": "2026-02-27T11:00:00+14:00"}, ["date-passed"]),
    ],
)
def test_a_wait_until_something_that_comes(config: dict[str, Any], expected: list[str]) -> None:
    """What can never come is an error; a date that has passed everywhere on earth a warning."""
    assert codes(draw("in:campaign -> w:wait_until -> out:exit", w=config), content_world()) == expected


def test_behind_a_goal_anything_may_have_been_passed() -> None:
    """A goal takes contacts from wherever they stand, so what follows it may ask about any node."""
    paths = """in:campaign -> mail:send_email -> out:exit
    g:goal -> b:bought -> out
    b -not_bought-> open:engagement -> out
    open -no-> out"""

    assert codes(draw(paths, b={"since": "mail"})) == []


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ("in:campaign -> w:wait_until -> out:exit", 'with the result "past"'),
        ("in:campaign -> w:wait_until -> out:exit\nw -past-> out", 'everybody leaves by "past"'),
    ],
)
def test_a_date_that_has_passed_says_where_everybody_goes(paths: str, words: str) -> None:
    """Nobody goes on by "done": they leave by "past", or end there."""
    (said,) = found(draw(paths, w={"at": None, "date": "2026-02-01"}), content_world())

    assert said.code == "date-passed"
    assert words in said.message


@pytest.mark.parametrize(
    "day", ["2026-12-25", "2026-W01-1", "20261225", "2026-02-30", "２０２６-12-25", "25.12.2026", ""]
)
def test_a_holiday_that_is_published_can_be_kept(day: str) -> None:
    """What the checks take, the engine reads; what it cannot read, they refuse."""
    window = {"at": None, "opens": "09:00", "closes": "18:00", "skip_holidays": True}
    document = draw("in:campaign -> w:wait_until -> out:exit", {"holidays": [day]}, w=window)

    if codes(document) == []:
        given(plan_of(document)).after(days=2)
    else:
        assert codes(document) == ["bad-holiday"]
        with pytest.raises(ValidationError):
            Window(opens="09:00", closes="18:00", holidays=frozenset({day}))


def test_a_wait_that_only_a_goal_could_end_has_used_it_up() -> None:
    """Behind the only goal nothing ends a wait without a limit; before it, or with another goal, the goal does."""
    behind = "in:campaign -> mail:send_email -> out:exit\ng:goal -> w:wait_for -> bye:exit"

    assert codes(draw(behind, w={"within": None})) == ["wait-without-limit"]
    assert codes(draw(f"{behind}\nh:goal", w={"within": None}, h={"result": "other"})) == []
    assert codes(draw("in:campaign -> w:wait_for -> out:exit\ng:goal", w={"within": None})) == []


@pytest.mark.parametrize(
    ("events", "expected"),
    [(["message.opened"], ["never-engaged"]), (["message.opened", "message.clicked"], [])],
)
def test_a_goal_that_nobody_can_reach_is_told(events: list[str], expected: list[str]) -> None:
    """Nobody can tell whether an SMS was opened."""
    goal = {"events": [{"event": event} for event in events], "message_of": "sms"}

    assert codes(draw("in:campaign -> sms:send_sms -> out:exit\ng:goal", g=goal)) == expected


def test_guesses_and_repairs_are_made_for_the_first_only() -> None:
    """Of a draft with very many faults each is told; looking for what was meant has an end."""
    document = draw("in:campaign -> out:exit")
    for number in range(150):
        document["nodes"][f"m{number}"] = {"type": "send_email", "config": {"template": f"launch{number}"}}

    diagnostics = found(document)
    guessed = [one for one in diagnostics if "Did you mean" in one.fix.text]
    unknown = [one for one in diagnostics if one.code == "unknown-template"]
    repaired = [one for one in diagnostics if one.code == "open-port" and one.fix.patch]

    assert (len(unknown), len(guessed), len(repaired)) == (150, 20, 100)


def test_a_zone_that_is_published_can_be_used() -> None:
    """The checks and the engine know the same zones; the machine's own is none."""
    for name in ("Europe/Rome", "UTC", "GMT+1", "localtime", "Rome", "europe/rome", ""):
        said = codes(draw("in:campaign -> out:exit", {"timezone": name}))

        assert (said == []) == is_zone(name)
