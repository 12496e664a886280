"""How a request from a node can fail, sorted by what the caller may conclude.

HttpFailure
├── AddressRefused    nothing was sent; the address must be changed
├── RequestRefused    nothing was sent; the request must be changed
├── NotSent           nothing was sent; it may be tried again
├── OutcomeUnknown    bytes may have left; the other side may have acted
└── ReplyTooLarge     the other side answered; its answer was not kept

`sent` is False only where it is certain that no byte of the request left. No text here shows a query, a header's
value, a body or a resolved address.
"""

from typing import ClassVar


class HttpFailure(Exception):
    """A request of a node that brought no reply. `sent`: whether bytes of the request may have left."""

    sent: ClassVar[bool] = False


class AddressRefused(HttpFailure):
    """The address is malformed, or leads somewhere that nodes may not reach. Surely not sent."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return (
            f"Nothing was sent to {self.url}: {self.reason}. "
            "Enter an address that is public, begins with http:// or https:// and uses port 80 or 443."
        )


class RequestRefused(HttpFailure):
    """A part of the request (`part`: method, header X, body) is not allowed. Surely not sent."""

    def __init__(self, part: str, reason: str, fix: str) -> None:
        super().__init__(part, reason, fix)
        self.part = part
        self.reason = reason
        self.fix = fix

    def __str__(self) -> str:
        return f"Nothing was sent: {self.part} {self.reason}. {self.fix}."


class NotSent(HttpFailure):
    """No connection was made (name not found, refused, TLS not agreed, too slow). Surely not sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"Nothing was sent: {self.reason}. Try again later, and check the address if this goes on."


class OutcomeUnknown(HttpFailure):
    """Bytes left and no complete answer came. `status` is set when at least the answer's first line arrived."""

    sent: ClassVar[bool] = True

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason, status)
        self.reason = reason
        self.status = status

    def __str__(self) -> str:
        began = "" if self.status is None else f" (an answer with status {self.status} had begun)"
        return (
            f"It is not known whether the request took effect: {self.reason}{began}. "
            "Look at the receiving service before sending it again."
        )


class ReplyTooLarge(HttpFailure):
    """The answer is longer than the cap, in bytes. The request arrived: `status` is what the other side said."""

    sent: ClassVar[bool] = True

    def __init__(self, status: int, cap: int) -> None:
        super().__init__(status, cap)
        self.status = status
        self.cap = cap

    def __str__(self) -> str:
        return (
            f"The request arrived, but its answer (status {self.status}) is longer than {self.cap:,} bytes and was "
            "not kept. Use an address that gives a shorter answer."
        )
