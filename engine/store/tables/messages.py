"""The ledger of messages, the accounts they leave by, coupons, and the sandbox provider's own log."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.store.columns import big, json, key, table_of


class Account(SQLModel, table=True):
    """A provider account. `rate` is messages a second over all workers (None: no bound), and `next_free_at` the real
    instant from which its next send may leave. `stopped` is its kill switch; `broken` the code of a fault that only a
    person can mend, such as refused credentials. `behaviour` tells a sandbox account how to fail."""

    name: str = Field(primary_key=True)
    channel: str
    provider: str
    rate: float | None = None
    next_free_at: int = big(default=0)
    stopped: bool = False
    broken: str | None = None
    behaviour: dict[str, Any] = json(nullable=False, default_factory=dict)


OPEN_MESSAGE = "state in ('planned', 'sending', 'retry_at', 'unknown')"
"""A message whose fate is not known yet. A query says it in these very words to be answered by its index."""


WAITING_MESSAGE = "state in ('planned', 'retry_at')"
"""A message that is still to be sent. It has no deadline. A query says it in these very words, as above."""


class Message(SQLModel, table=True):
    """The ledger: one message and its fate.

    `state`: planned, sending, accepted, rejected, retry_at, unknown, unconfirmed, suppressed, cancelled. `claim` is the
    token of the attempt that may send; `deadline` (real time) is when its silence becomes `unknown`. The *_at columns
    are the engagement lattice: set once, by webhook, never cleared.
    """

    __table_args__ = (
        CheckConstraint(
            "state in ('planned', 'sending', 'accepted', 'rejected', 'retry_at', 'unknown', 'unconfirmed',"
            " 'suppressed', 'cancelled')",
            name="message_state",
        ),
        Index(
            "message_provider_id",
            "account",
            "provider_id",
            unique=True,
            sqlite_where=text("provider_id is not null"),
            postgresql_where=text("provider_id is not null"),
        ),
        Index("message_contact", "contact"),
        Index(
            "message_open",
            "deadline",
            sqlite_where=text(OPEN_MESSAGE),
            postgresql_where=text(OPEN_MESSAGE),
        ),
        Index(
            "message_waiting",
            "strand",
            sqlite_where=text(WAITING_MESSAGE),
            postgresql_where=text(WAITING_MESSAGE),
        ),
        {"sqlite_with_rowid": False},
    )

    send_key: str = Field(primary_key=True)
    strand: int = big()
    contact: int = big()
    journey: int = big()
    plan: int = big()
    node: str
    visit: int
    channel: str
    address: str
    account: str
    template: str | None = None
    promotion: str | None = None
    state: str
    claim: str | None = None
    deadline: int | None = big(nullable=True, default=None)
    retry_at: int | None = big(nullable=True, default=None)
    attempts: int = 0
    provider_id: str | None = None
    reason: str | None = None
    created_at: int = big()
    settled_at: int | None = big(nullable=True, default=None)
    delivered_at: int | None = big(nullable=True, default=None)
    opened_at: int | None = big(nullable=True, default=None)
    clicked_at: int | None = big(nullable=True, default=None)
    bounced_at: int | None = big(nullable=True, default=None)
    complained_at: int | None = big(nullable=True, default=None)


class Coupon(SQLModel, table=True):
    """One contact's single-use code for a promotion: one per enrolment and promotion, however often asked for."""

    __table_args__ = (
        UniqueConstraint("root", "promotion", name="coupon_once"),
        Index("coupon_contact", "contact"),
    )

    code: str = Field(primary_key=True)
    root: int = big()
    contact: int = big()
    plan: int = big()
    promotion: str
    issued_at: int = big()
    expires_at: int | None = big(nullable=True, default=None)
    redeemed_at: int | None = big(nullable=True, default=None)
    redeemed_by: str | None = None


class SandboxMessage(SQLModel, table=True):
    """The sandbox provider's own log: every request that it accepted, with what would have been delivered. One whose key
    it recognised was delivered to nobody: its address is empty.

    `report` is what it still has to tell us of the message, as a provider does by webhook: delivered or bounced.
    """

    __tablename__ = "sandbox_message"
    __table_args__ = (
        Index("sandbox_send_key", "send_key"),
        Index(
            "sandbox_report",
            "id",
            sqlite_where=text("report is not null"),
            postgresql_where=text("report is not null"),
        ),
    )

    id: int = key()
    send_key: str
    account: str
    channel: str
    address: str
    content: dict[str, Any] = json(nullable=False)
    accepted_at: int = big()
    report: str | None = None


account = table_of(Account)
message = table_of(Message)
coupon = table_of(Coupon)
sandbox_message = table_of(SandboxMessage)
