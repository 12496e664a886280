"""What can be wrong with a request itself, whatever it is about.

    BadRequest (ValueError)
    ├── BadCursor
    ├── BodyTooLarge
    ├── BodyNotJson
    ├── WrongMediaType
    ├── WrongEncoding
    ├── NotThisMachine
    ├── FromElsewhere
    ├── BadValue
    ├── NotFound
    ├── ForecastTooLong
    ├── NoApiTrigger
    └── NoTourHere

`NotLoopback` is said to whoever starts the server, before there is a request.
"""


class BadRequest(ValueError):
    """The request cannot be understood. Look at what it should hold, and send it again."""


class BadCursor(BadRequest):
    """This cursor was not given by this list. Begin without one, then follow `next`."""


class BodyTooLarge(BadRequest):
    """The body is larger than this address takes. Send less at once."""


class BodyNotJson(BadRequest):
    """The body is no JSON. Correct it, in UTF-8 and without NaN, keys that come twice, or deep nesting."""


class WrongMediaType(BadRequest):
    """The body's type is not taken here. Send what the address takes, and say so in Content-Type."""


class WrongEncoding(BadRequest):
    """The body's encoding is not taken here. Send it as it is, or packed with gzip."""


class NotThisMachine(BadRequest):
    """The request names another machine. Ask for localhost, 127.0.0.1 or [::1]."""


class FromElsewhere(BadRequest):
    """The request comes from a page of another site. Send it from this machine's own pages or programs."""


class BadValue(BadRequest):
    """A value does not fit what it is for. Correct the field that the answer names."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field, text)
        self.field = field
        self.text = text

    def __str__(self) -> str:
        return f"{self.field}: {self.text}"


class NotFound(BadRequest):
    """There is nothing under this id or name. Look it up in its list."""


class ForecastTooLong(BadRequest):
    """The crowd takes too long. Ask for fewer days, or give a loop a longer rest."""


class NoApiTrigger(BadRequest):
    """The journey has no node at which programs let contacts enter. Draw an API trigger, and publish it."""


class NoTourHere(BadRequest):
    """The tour cannot be started here. Take it in an installation of its own: `wend up --folder another`."""


class NotLoopback(ValueError):
    """Wend listens on loopback only, as nobody signs in yet. Use 127.0.0.1, ::1 or localhost."""
