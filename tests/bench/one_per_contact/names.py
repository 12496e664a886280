"""The names of the baseline's workflow and activities, and what they carry: ids alone, as Wend's own."""

from dataclasses import dataclass

QUEUE = "one-per-contact"
JOURNEY = "OneContact"
SEND_EMAIL = "enter and send the email"
END_OPENED = "end: opened"
GIVE_COUPON = "give the coupon"
SEND_SMS = "send the SMS"


@dataclass(frozen=True)
class Call:
    """Whose journey it is. `wait` is how long an open is waited for, in real seconds."""

    contact: int
    enrolment: int
    wait: float
    local: bool = False
    """Whether the activities are local ones, which run within the workflow task."""
