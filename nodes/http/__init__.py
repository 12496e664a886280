"""Outgoing HTTP for nodes: what `ctx.http` is, what it returns, and how it fails.

Why it is built so: docs/decisions/outgoing-http.md.
"""

from nodes.http.addresses import Address, AddressRule, Resolver, is_public, is_public_rule
from nodes.http.client import OutgoingHttp
from nodes.http.errors import (
    AddressRefused,
    HttpFailure,
    NotSent,
    OutcomeUnknown,
    ReplyTooLarge,
    RequestRefused,
)
from nodes.http.record import READING, Call
from nodes.http.reply import HttpReply, NotJson
from nodes.http.signing import SIGNATURE_HEADER, json_bytes, sign

__all__ = [
    "READING",
    "SIGNATURE_HEADER",
    "Address",
    "AddressRefused",
    "AddressRule",
    "Call",
    "HttpFailure",
    "HttpReply",
    "NotJson",
    "NotSent",
    "OutcomeUnknown",
    "OutgoingHttp",
    "ReplyTooLarge",
    "RequestRefused",
    "Resolver",
    "is_public",
    "is_public_rule",
    "json_bytes",
    "sign",
]
