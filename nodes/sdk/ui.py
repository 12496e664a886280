"""`ui(...)`: how a field of a config is shown in the designer, written into its schema as `x-ui`.

The known widgets are in WIDGETS; those of REFERENCES name something else in the journey or the shop, which the checks
look up.
"""

from typing import Any, Literal, get_args

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from nodes.sdk.faults import DefinitionError

Widget = Literal[
    "account",
    "anchor",
    "attribute",
    "condition",
    "date",
    "duration",
    "event",
    "field",
    "list",
    "map",
    "node",
    "number",
    "password",
    "port",
    "promotion",
    "result",
    "secret",
    "segment",
    "select",
    "switch",
    "tag",
    "template",
    "text",
    "textarea",
    "time",
    "url",
    "value",
    "weekdays",
    "window",
]
WIDGETS: frozenset[str] = frozenset(get_args(Widget))

Reference = Literal["template", "promotion", "segment", "node", "account", "tag", "condition"]
REFERENCES: dict[str, Reference] = {kind: kind for kind in get_args(Reference)}
"""Widget -> what a field with it refers to."""


class ui:  # noqa: N801 - reads as a word beside the type it marks
    """Marks a field: `body: Annotated[str, ui(widget="textarea", rows=4)]`.

    Further options go to the widget as they are: `rows`, `channel` (template, account), `sends` (node), `secret_of`,
    `labels` (select: {value: words}), `closes` and `weekdays` (window: the fields beside it that belong to it).
    """

    def __init__(self, widget: Widget, **options: Any) -> None:
        if widget not in WIDGETS:
            raise DefinitionError(
                f'The widget "{widget}" is unknown. Use one of {", ".join(sorted(WIDGETS))}.'
            )
        self.shown: dict[str, Any] = {"widget": widget, **options}

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        made = dict(handler(schema))
        made["x-ui"] = {**made.get("x-ui", {}), **self.shown}
        return made
