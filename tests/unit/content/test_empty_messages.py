"""Messages that come out empty for somebody of whom too little is known."""

import pytest

from engine.content.messages import Rendered, render_message
from engine.flow.document import Template

SILENT = "{{ contact.first_name|default('') }}"
EMAIL = Template(channel="email", subject="News", html=f"<p>{SILENT}</p>", text=SILENT)


def rendered(template: Template, first_name: str | None) -> Rendered | str:
    """The message for one contact."""
    (message,) = render_message(template, [{"contact": {"first_name": first_name, "attributes": {}}}])
    return message


@pytest.mark.parametrize(
    "template",
    [
        Template(channel="sms", text=f" {SILENT}\n"),
        Template(channel="push", title="News", text=SILENT),
        Template(channel="push", title=SILENT, text="Look"),
        Template(channel="email", subject=SILENT, html="<p>Look</p>"),
    ],
)
def test_nobody_is_sent_an_empty_message(template: Template) -> None:
    """Where nothing is left of a part that its channel needs, the contact is parked for it; the others get theirs."""
    assert str(rendered(template, None)).startswith("template:empty: The ")
    assert isinstance(rendered(template, "Ada"), dict)


def test_an_email_may_have_words_in_one_of_its_two_bodies() -> None:
    """A body in HTML stands in for one in plain text."""
    assert isinstance(rendered(EMAIL, None), dict)


def test_a_part_that_nobody_wrote_is_not_asked_for() -> None:
    """A link of a push comes out empty where the contact has none: it is not needed."""
    assert isinstance(rendered(Template(channel="push", title="News", text="Look", link=SILENT), None), dict)
