"""No secret stands in a config: configs are published in plans, exported and compared."""

import re
from collections.abc import Iterator

from nodes.check.finding import Finding, Subject
from nodes.sdk.words import places

RULE = "secret-fields"
_TELLING = re.compile(r"(^|_)(token|password|passwd|secret|api_?key|credentials?)$")


def check(subject: Subject) -> Iterator[Finding]:
    """A field that is called like a secret holds the name of one."""
    for place, field in places(subject.manifest.config_schema):
        widget = field.get("x-ui", {}).get("widget")
        named = _TELLING.search(place.rpartition(".")[2]) is not None
        if (named and widget != "secret") or field.get("format") == "password":
            yield subject.finding(
                RULE,
                f'asks for a secret in the field "{place}"',
                'Name the secret in uses=[...] and read ctx.secrets, or mark the field with ui(widget="secret").',
            )
