"""How long an SMS is: which alphabet it needs, and of how many parts it will consist."""

from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")
"""Signs of the basic alphabet that take the place of two."""


@dataclass(frozen=True, slots=True)
class SmsLength:
    """`units` are what providers count: signs of the basic alphabet (GSM 03.38), or halves of UTF-16 where a sign is not
    in it. `strange` are those that are not, each once, in order."""

    alphabet: Literal["gsm", "unicode"]
    units: int
    segments: int
    left: int
    strange: str


def sms_length(text: str) -> SmsLength:
    """How long the text is, and how much room is left in its last part."""
    strange = "".join(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _DOUBLE))
    if strange:
        units = len(text.encode("utf-16-le", "surrogatepass")) // 2
        return _counted("unicode", units, 70, 67, strange)
    return _counted("gsm", len(text) + sum(sign in _DOUBLE for sign in text), 160, 153, "")


def _counted(
    alphabet: Literal["gsm", "unicode"], units: int, alone: int, joined: int, strange: str
) -> SmsLength:
    if units <= alone:
        return SmsLength(alphabet, units, 1 if units else 0, alone - units, strange)
    segments = -(-units // joined)
    return SmsLength(alphabet, units, segments, segments * joined - units, strange)
