"""The sandbox's word on its messages, brought in as events the way a provider's webhooks are."""

import time

from sqlalchemy import select, update

from engine.enrolment.ingest import Incoming, ingest
from engine.enrolment.runtime import Runtime
from engine.store.sets import among
from engine.store.tables import message, sandbox_message

_PAGE = 500


def deliver_reports(runtime: Runtime, seconds: float = 1.0) -> tuple[int, bool]:
    """Bring in reports (delivered, bounced), page after page, for so long; at least one page. A report that was brought in
    twice is one event. Gives how many, and whether there may be more."""
    end = time.monotonic() + seconds
    brought = 0
    while True:
        page = _deliver_page(runtime)
        brought += page
        if page < _PAGE or time.monotonic() >= end:
            return brought, page == _PAGE


def _deliver_page(runtime: Runtime) -> int:
    with runtime.database.read() as connection:
        rows = connection.execute(
            select(
                sandbox_message.c.id, sandbox_message.c.send_key, sandbox_message.c.report,
                sandbox_message.c.accepted_at, message.c.contact,
            )
            .join(message, message.c.send_key == sandbox_message.c.send_key)
            .where(sandbox_message.c.report.is_not(None))
            .order_by(sandbox_message.c.id)
            .limit(_PAGE)
        ).all()  # fmt: skip
    if not rows:
        return 0
    ingest(
        runtime,
        [
            Incoming(
                message_id=f"sandbox:{row.id}:{row.report}",
                name=f"message.{row.report}",
                at=row.accepted_at,
                contact=row.contact,
                send_key=row.send_key,
            )
            for row in rows
        ],
        runtime.now(),
    )
    with runtime.database.write("reports") as connection:
        connection.execute(
            update(sandbox_message)
            .where(among(sandbox_message.c.id, [row.id for row in rows]))
            .values(report=None)
        )
    return len(rows)
