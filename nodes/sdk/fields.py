"""Types for the fields of built-in configs: what each holds, how it is shown, what it refers to."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from engine.audience.tags import checked_tag
from engine.flow.condition import Condition
from engine.flow.duration import Duration
from engine.journey.time import TimeOfDay
from nodes.sdk.ui import ui


class Config(BaseModel):
    """Base of the built-in configs: a misspelt field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Text = Annotated[str, Field(min_length=1, max_length=200)]
EventName = Annotated[Text, ui(widget="event")]
SegmentName = Annotated[Text, ui(widget="segment")]
TagName = Annotated[Text, AfterValidator(checked_tag), ui(widget="tag")]
TemplateName = Annotated[Text, ui(widget="template")]
PromotionName = Annotated[Text, ui(widget="promotion")]
AccountName = Annotated[Text, ui(widget="account")]
NodeId = Annotated[Text, ui(widget="node")]
AttributeName = Annotated[Text, ui(widget="attribute")]
"""A contact's field that holds a date."""
FieldName = Annotated[Text, ui(widget="field")]
"""A field as conditions name it: contact.city."""
Anchor = Annotated[Text, ui(widget="anchor")]
"""From when events count: "here", "entry", or a node's id."""
ResultName = Annotated[str, Field(min_length=1, max_length=80), ui(widget="result")]
PortKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$"), ui(widget="port")]
PortLabel = Annotated[str, Field(max_length=80), ui(widget="text")]
Wait = Annotated[Duration, ui(widget="duration")]
Time = Annotated[TimeOfDay, ui(widget="time")]
Date = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ].*)?$", max_length=40),
    ui(widget="date"),
]
"""An ISO 8601 date, date and time, or date and time with an offset."""
ConditionField = Annotated[
    Condition, WithJsonSchema({"type": "object", "format": "condition", "x-ui": {"widget": "condition"}})
]
"""A condition. It nests without end, so the schema leaves its inside to `engine.flow.condition`."""
Value = Annotated[Any, ui(widget="value")]
"""Any plain JSON value."""
