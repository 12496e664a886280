"""The baseline's activities: what Wend does for a thousand contacts in one transaction, for one contact in its own.

Written for speed within that design: plain statements, three commits for a message (claim, the provider's log, result)
and one for a coupon, each together with the enrolment's rows that belong to it. Run again, each goes on from its rows.
"""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection
from temporalio import activity

from engine.content.coupons import new_codes
from engine.content.messages import Rendered, promotion_facts, render_message
from engine.delivery.ledger import ANSWER_DEADLINE_MS, COLUMNS
from engine.delivery.provider import Accepted, Outgoing
from engine.delivery.sandbox import Sandbox
from engine.enrolment.runtime import Published, Runtime
from engine.journey.time import after, iso, zone
from engine.store.batch import COLUMNS as PERSON
from engine.store.batch import Person
from engine.store.bulk import insert_rows
from engine.store.tables import coupon, enrolment, entry, message, step
from tests.bench.one_per_contact.names import END_OPENED, GIVE_COUPON, SEND_EMAIL, SEND_SMS, Call

PROMOTION = "SPECIAL-20"
_ACCOUNTS = {"email": "sandbox-email", "sms": "sandbox-sms"}
_ENROLMENT = (
    "id", "journey", "plan", "contact", "cause", "lane", "single", "place", "step", "position", "visit", "attempt",
    "cohort", "pending", "at", "entered_at",
)  # fmt: skip
_STEP = ("strand", "no", "node", "port", "cause", "at")
_COUPON = ("code", "root", "contact", "plan", "promotion", "issued_at", "expires_at")
_PERSON = f"SELECT id, {', '.join(PERSON)}, attributes FROM contact WHERE id = ?"
_FORBIDDEN = (
    "SELECT (SELECT sending FROM journey WHERE id = ?), (SELECT stopped OR broken IS NOT NULL FROM account"
    " WHERE name = ?), EXISTS (SELECT 1 FROM consent WHERE contact = ? AND channel = ? AND state = 'refused'),"
    " EXISTS (SELECT 1 FROM suppression WHERE channel = ? AND address = ?)"
)
_ACCEPTED = (
    "UPDATE message SET state = 'accepted', provider_id = ?, settled_at = ?, delivered_at = ?, deadline = NULL"
    " WHERE send_key = ? AND state = 'sending'"
)


class NotSent(RuntimeError):
    """The message may not be sent, or the sandbox did not take it: the benchmark's journey has no way on from there."""


class Acts:
    """The activities of one worker process."""

    def __init__(self, runtime: Runtime, published: Published) -> None:
        self._runtime = runtime
        self._published = published
        self._plan = published.plan
        self._sandbox = Sandbox(runtime.database)

    @activity.defn(name=SEND_EMAIL)
    def send_email(self, call: Call) -> None:
        """Enter the journey, send the email, stand at the wait."""
        now = self._runtime.business_now()
        person = self._person(call.contact)
        content = self._rendered("offer", {"contact": person.facts(), "journey": self._journey()})
        key = _key(call, "email", person.email)
        with self._runtime.database.write() as connection:
            self._enter(connection, call, now)
            self._claim(connection, call, "email", key, person.email, "offer", now)
        receipt = self._send("email", key, person.email, content, now)
        with self._runtime.database.write() as connection:
            _accept(connection, key, receipt, now)
            _steps(connection, call, 1, [("start", "entered", "flow"), ("email", "sent", "flow")], now)
            connection.exec_driver_sql(
                "UPDATE enrolment SET place = 'resting', position = 'opened', step = 4, visit = 3, at = ?, since = ?,"
                " wake_at = ? WHERE id = ? AND step = 1",
                (now, now, self._runtime.clock.business(self._runtime.now() + round(call.wait * 1000)), call.enrolment),
            )  # fmt: skip

    @activity.defn(name=END_OPENED)
    def end_opened(self, call: Call) -> None:
        """End, since the email was opened."""
        now = self._runtime.business_now()
        with self._runtime.database.write() as connection:
            _steps(connection, call, 4, [("opened", "yes", "event"), ("done", "opened", "flow")], now)
            _end(connection, call, "done", "opened", now)

    @activity.defn(name=GIVE_COUPON)
    def give_coupon(self, call: Call) -> None:
        """Give the coupon, once."""
        now = self._runtime.business_now()
        valid_for = self._plan.promotions[PROMOTION].coupon_valid_for
        assert valid_for is not None
        person = self._person(call.contact)
        expires = after(now, valid_for, zone(person.timezone, self._plan.settings.timezone))
        with self._runtime.database.write() as connection:
            if _coupon(connection, call) is not None:
                return
            row = (new_codes(1)[0], call.enrolment, call.contact, self._published.id, PROMOTION, now, expires)
            insert_rows(connection, coupon, _COUPON, [row])
            _steps(connection, call, 4, [("opened", "no", "timeout"), ("coupon", "given", "flow")], now)
            connection.exec_driver_sql(
                "UPDATE enrolment SET place = 'moving', position = 'sms', step = 6, visit = 6, at = ?, since = NULL,"
                " wake_at = NULL WHERE id = ? AND step = 4",
                (now, call.enrolment),
            )

    @activity.defn(name=SEND_SMS)
    def send_sms(self, call: Call) -> None:
        """Send the code by SMS, and end."""
        now = self._runtime.business_now()
        person = self._person(call.contact)
        with self._runtime.database.read() as connection:
            given = _coupon(connection, call)
        assert given is not None
        facts = {"contact": person.facts(), "coupon": self._coupon_facts(*given), "journey": self._journey()}
        content = self._rendered("code", facts)
        key = _key(call, "sms", person.phone)
        with self._runtime.database.write() as connection:
            self._claim(connection, call, "sms", key, person.phone, "code", now)
        receipt = self._send("sms", key, person.phone, content, now)
        with self._runtime.database.write() as connection:
            _accept(connection, key, receipt, now)
            _steps(connection, call, 6, [("sms", "sent", "flow"), ("sent", "coupon sent", "flow")], now)
            _end(connection, call, "sent", "coupon sent", now)

    def _person(self, contact: int) -> Person:
        with self._runtime.database.read() as connection:
            row = connection.exec_driver_sql(_PERSON, (contact,)).one()
        values = [*row[:-1], orjson.loads(row[-1])]
        return Person(*values)

    def _journey(self) -> dict[str, object]:
        return {"name": self._published.journey_name, "values": {}}

    def _coupon_facts(self, code: str, expires_at: int) -> dict[str, object]:
        offer = promotion_facts(PROMOTION, self._plan.promotions[PROMOTION])
        return {
            "code": code,
            "promotion": PROMOTION,
            "discount_percent": offer["discount_percent"],
            "expires_at": iso(expires_at),
            "link": f"{offer['link']}?coupon={code}",
        }

    def _rendered(self, template: str, facts: Mapping[str, Any]) -> Rendered:
        [content] = render_message(self._plan.templates[template], [facts])
        if isinstance(content, str):
            raise NotSent(f"The template {template!r} cannot be rendered ({content}). Correct it.")
        return content

    def _enter(self, connection: Connection, call: Call, now: int) -> None:
        journey, plan = self._published.journey, self._published.id
        known = connection.exec_driver_sql(
            "SELECT 1 FROM entry WHERE journey = ? AND contact = ?", (journey, call.contact)
        ).one_or_none()
        if known is not None:
            return
        insert_rows(
            connection, entry, ("journey", "contact", "count", "last_at"), [(journey, call.contact, 1, now)]
        )
        row = (
            call.enrolment, journey, plan, call.contact, "campaign", "bulk", True, "moving", 1, "start", 1, 0,
            call.enrolment, 0, now, now,
        )  # fmt: skip
        insert_rows(connection, enrolment, _ENROLMENT, [row])

    def _claim(
        self, connection: Connection, call: Call, channel: str, key: str, address: str | None, template: str,
        now: int,
    ) -> None:  # fmt: skip
        account, journey = _ACCOUNTS[channel], self._published.journey
        allowed, stopped, refused, suppressed = connection.exec_driver_sql(
            _FORBIDDEN, (journey, account, call.contact, channel, channel, address)
        ).one()
        if not allowed or stopped or refused or suppressed:
            raise NotSent("The message may not be sent. Allow it, and run the benchmark again.")
        claimed = connection.exec_driver_sql("SELECT 1 FROM message WHERE send_key = ?", (key,)).one_or_none()
        if claimed is None:
            deadline = self._runtime.now() + ANSWER_DEADLINE_MS
            row = (
                key, call.enrolment, call.contact, journey, self._published.id, channel, 1, channel, address,
                account, template, None, "sending", secrets.token_hex(8), deadline, None, 1, None, now,
            )  # fmt: skip
            insert_rows(connection, message, COLUMNS, [row])

    def _send(self, channel: str, key: str, address: str | None, content: Rendered, now: int) -> Accepted:
        assert address is not None
        request = Outgoing(key, _ACCOUNTS[channel], channel, address, content, 0, now)
        [receipt] = self._sandbox.send([request])
        if not isinstance(receipt, Accepted):
            raise NotSent("The sandbox did not accept the message. Give its accounts no behaviour.")
        return receipt


def _key(call: Call, channel: str, address: str | None) -> str:
    recipient = hashlib.blake2b((address or "").encode(), digest_size=6).hexdigest()
    return f"{call.enrolment}/{channel}/1/{channel}/{recipient}"


def _accept(connection: Connection, key: str, receipt: Accepted, now: int) -> None:
    delivered = now if receipt.delivered else None
    connection.exec_driver_sql(_ACCEPTED, (receipt.provider_id, now, delivered, key))


def _steps(
    connection: Connection, call: Call, first: int, passed: list[tuple[str, str, str]], now: int
) -> None:
    rows = [(call.enrolment, first + index, *one, now) for index, one in enumerate(passed)]
    insert_rows(connection, step, _STEP, rows)


def _end(connection: Connection, call: Call, node: str, result: str, now: int) -> None:
    connection.exec_driver_sql(
        "UPDATE enrolment SET place = 'ended', position = ?, step = 9, cohort = NULL, since = NULL, wake_at = NULL,"
        " at = ?, ended_at = ?, result = ? WHERE id = ? AND place <> 'ended'",
        (node, now, now, result, call.enrolment),
    )


def _coupon(connection: Connection, call: Call) -> tuple[str, int] | None:
    row = connection.exec_driver_sql(
        "SELECT code, expires_at FROM coupon WHERE root = ? AND promotion = ?", (call.enrolment, PROMOTION)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
