"""Signatures on outgoing webhooks, so that the receiver can tell our request from anyone's.

The receiver splits the header at the comma, computes HMAC-SHA256 with the shared secret over the timestamp's digits, a
full stop and the raw body, compares in constant time, and refuses a timestamp more than a few minutes old:

    parts = dict(part.split("=", 1) for part in header.split(","))
    expected = hmac.new(secret, f"{parts['t']}.".encode() + raw_body, hashlib.sha256).hexdigest()
    genuine = hmac.compare_digest(expected, parts["v1"]) and abs(time.time() - int(parts["t"])) < 300
"""

import hashlib
import hmac
import json
from typing import Any

SIGNATURE_HEADER = "Wend-Signature"
_FIRST_OF_YEAR_5138 = 100_000_000_000


def json_bytes(value: Any) -> bytes:
    """The exact bytes that `request(json=value)` sends: what is signed has to be what is sent.

    UTF-8, no spaces, keys in the order given. Raises ValueError for NaN and infinity, TypeError for other types.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def sign(body: bytes, secret: str, timestamp: int) -> str:
    """The value of the `Wend-Signature` header: `t=<timestamp>,v1=<64 hexadecimal digits>`.

    `timestamp` is in seconds since the epoch, of the real clock: the receiver compares it with its own. Raises
    ValueError for an empty secret and for a timestamp in milliseconds.
    """
    if not secret:
        raise ValueError("The secret for signing is empty. Set a secret of at least 32 random characters.")
    if not 0 <= timestamp < _FIRST_OF_YEAR_5138:
        raise ValueError(
            f"The timestamp {timestamp} is not in seconds since the epoch. Divide an instant (milliseconds) by 1,000."
        )
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
