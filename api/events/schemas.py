"""The shapes of events: those of Segment's HTTP API, as its SDKs send them. What is not known is left alone."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from api.shapes import Shape, Text, moment

MOST_IN_BATCH = 2_500


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


_Named = Annotated[Text, Field(max_length=255)]
Who = Annotated[
    _Named | None,
    BeforeValidator(_text),
    WithJsonSchema({"type": ["string", "integer", "null"], "maxLength": 255}),
]
MessageId = Annotated[Text, Field(min_length=1, max_length=100)]
Moment = Annotated[int, BeforeValidator(moment), WithJsonSchema({"type": "string", "format": "date-time"})]
Values = dict[str, Any]


class Call(BaseModel):
    """What every call has. Who: `userId` (the external id of a contact), `anonymousId` (a visitor), or both, by which
    the visitor is recognised. `messageId` makes a repeat harmless."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    message_id: MessageId | None = Field(default=None, alias="messageId")
    user_id: Who = Field(default=None, alias="userId")
    anonymous_id: Who = Field(default=None, alias="anonymousId")
    timestamp: Moment | None = Field(default=None, description="When it happened; now, if left out.")
    sent_at: Moment | None = Field(
        default=None, alias="sentAt", description="The sender's clock as it sent: corrects `timestamp`."
    )
    context: Values | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "Call":
        if not self.user_id and not self.anonymous_id:
            raise ValueError("Nobody is named. Give a userId or an anonymousId.")
        return self


class Track(Call):
    """Something happened."""

    type: Literal["track"] = "track"
    event: Annotated[Text, Field(min_length=1, max_length=200)]
    properties: Values | None = None


class Seen(Call):
    """A page or screen was seen."""

    type: Literal["page", "screen"] = "page"
    name: Annotated[Text, Field(max_length=1000)] | None = None
    category: Annotated[Text, Field(max_length=1000)] | None = None
    properties: Values | None = None


class Identify(Call):
    """Who somebody is, and what is known of them."""

    type: Literal["identify"] = "identify"
    traits: Values | None = None


class Batch(BaseModel):
    """Several calls at once. Each is judged by itself: the good ones are taken whatever the others are."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    batch: list[Any] = Field(max_length=MOST_IN_BATCH, description="Calls, each with its `type`.")
    sent_at: Moment | None = Field(default=None, alias="sentAt")
    context: Values | None = None


class Result(Shape):
    """What became of one call. `taken`: recorded, now or at an earlier delivery. `refused`: never will be, as it is."""

    message_id: str | None = Field(serialization_alias="messageId")
    state: Literal["taken", "refused"]
    problems: list[str] = Field(description="Why it was refused; or which traits were left out, and why.")


class Taken(Shape):
    """What became of calls."""

    success: bool = Field(description="Whether none was refused.")
    recorded: int = Field(description="How many are new.")
    repeated: int = Field(description="How many were known by their messageId.")
    results: list[Result] = Field(description="One for each call, in order.")
