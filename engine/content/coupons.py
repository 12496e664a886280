"""Coupons: one single-use code per enrolment and promotion, however often it is asked for."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, bindparam, func, select, update

from engine.content.promotions import end_of
from engine.flow.document import Promotion
from engine.journey.host import Outcome, Went
from engine.journey.time import after, zone
from engine.store.batch import Batch, News, via
from engine.store.bulk import insert_rows
from engine.store.fetch import Query
from engine.store.sets import among, among_given
from engine.store.tables import coupon, enrolment

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
COUPON_ISSUED = "coupon.issued"
LENGTH = 14  # 70 bits: too many to guess
_DRAWN_BYTES, _DRAWN_CHARACTERS = 10, 16
"""What a code is cut from: the least whole number of bytes that holds it, and its characters."""
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())
GIVEN = "given"
"""The port by which a node is left that has given a code."""
_COLUMNS = ("code", "root", "contact", "plan", "promotion", "issued_at", "expires_at")


_root = func.coalesce(enrolment.c.root, enrolment.c.id)
_GIVEN_BEFORE = Query(
    select(enrolment.c.id, enrolment.c.contact, enrolment.c.step, coupon.c.code)
    .join(
        coupon,
        and_(coupon.c.root == _root, coupon.c.promotion == bindparam("of_promotion")),
        isouter=True,
    )
    .where(among_given(enrolment.c.id, "strands"))
)


def new_codes(count: int) -> list[str]:
    """Codes that nobody can guess: 14 characters of Crockford's base 32 each."""
    drawn = base64.b32encode(secrets.token_bytes(_DRAWN_BYTES * count)).translate(_TO_CROCKFORD).decode()
    return [drawn[start : start + LENGTH] for start in range(0, len(drawn), _DRAWN_CHARACTERS)]


def link_with(link: str, code: str) -> str:
    """A promotion's link that brings the code along: in its query, since what stands behind # never reaches the shop."""
    address, mark, place = link.partition("#")
    return f"{address}{'&' if '?' in address else '?'}coupon={code}{mark}{place}"


def issue_batch(batch: Batch, promotion: str) -> list[Outcome]:
    """Give every enrolment in the batch its code. Port `expired` once the promotion has ended.

    The codes are committed with the step; of two attempts at once the later one finds those of the other.
    """
    offer = batch.plan.promotions[promotion]
    end = end_of(offer, batch.plan.settings.timezone)
    if end is not None and batch.due >= end:
        return [Went("expired") for _ in batch.travellers]
    batch.in_commit(lambda connection: _issue(connection, batch, promotion, offer))
    return [Went(GIVEN)] * len(batch.travellers)


def _issue(connection: Connection, batch: Batch, promotion: str, offer: Promotion) -> None:
    """Give a code to everyone who has none and still stands at this step. The contacts are locked."""
    strands = [traveller.strand for traveller in batch.travellers]
    found = _GIVEN_BEFORE.rows(connection, strands=strands, of_promotion=promotion)
    # Who was ended or taken elsewhere meanwhile gets none. Whose contact was merged into another meanwhile drops out of this
    # step, and gets the code in the next leg.
    without = {row[0]: (row[1], row[2]) for row in found if row[3] is None}
    fresh = {t.root: t for t in batch.travellers if without.get(t.strand) == (t.contact, t.fence)}
    zones = {traveller.timezone for traveller in fresh.values()}
    ends = {name: expiry_of(offer, batch.due, name, batch.plan.settings.timezone) for name in zones}
    rows = [
        (code, root, traveller.contact, batch.plan_id, promotion, batch.due, ends[traveller.timezone])
        for code, (root, traveller) in zip(new_codes(len(fresh)), fresh.items(), strict=True)
    ]
    insert_rows(connection, coupon, _COLUMNS, rows)
    if COUPON_ISSUED in batch.heard:
        said = {"promotion": promotion, "journey": batch.journey_name}
        news = [
            News(
                t.contact, COUPON_ISSUED, batch.due, {"code": row[0], **said}, f"{COUPON_ISSUED}:{row[0]}",
                via=via(t.trigger, batch.journey_id),
            )
            for row, t in zip(rows, fresh.values(), strict=True)
        ]  # fmt: skip
        batch.tell(connection, news)


def expiry_of(offer: Promotion, issued: int, timezone: str | None, journey_timezone: str) -> int | None:
    """The instant at which a code that is issued now ends: with the promotion, or earlier; None where neither does."""
    ends = end_of(offer, journey_timezone)
    if offer.coupon_valid_for is None:
        return ends
    limit = after(issued, offer.coupon_valid_for, zone(timezone, journey_timezone))
    return limit if ends is None else min(limit, ends)


@dataclass(frozen=True, slots=True)
class Redemption:
    """A code that somebody used with an order, at a business instant."""

    code: str
    contact: int
    order: str
    at: int


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption that counts, with what the code was for."""

    redemption: Redemption
    promotion: str
    plan: int


def redeem(connection: Connection, code: str, contact: int, order: str, at: int) -> bool:
    """Redeem a code once, by its own contact, before it expires. False for a wrong, used or expired one alike."""
    return bool(redeem_all(connection, [Redemption(code, contact, order, at)]))


def redeem_all(connection: Connection, redemptions: Sequence[Redemption]) -> list[Redeemed]:
    """Redeem codes, each once, by its own contact, before it expires. Gives those that count; of two with one code the
    first. The contacts are locked."""
    if not redemptions:
        return []
    rows = connection.execute(
        select(coupon.c.code, coupon.c.contact, coupon.c.promotion, coupon.c.plan, coupon.c.expires_at).where(
            among(coupon.c.code, {one.code for one in redemptions}), coupon.c.redeemed_at.is_(None)
        )
    )
    unused = {row.code: row for row in rows}
    found: list[Redeemed] = []
    for one in redemptions:
        row = unused.get(one.code)
        if row is None or row.contact != one.contact:
            continue
        if row.expires_at is None or one.at <= row.expires_at:
            found.append(Redeemed(one, row.promotion, row.plan))
            del unused[one.code]
    if found:
        connection.execute(
            update(coupon)
            .where(coupon.c.code == bindparam("used"), coupon.c.redeemed_at.is_(None))
            .values(redeemed_at=bindparam("moment"), redeemed_by=bindparam("order")),
            [
                {"used": one.redemption.code, "moment": one.redemption.at, "order": one.redemption.order}
                for one in found
            ],
        )
    return found
