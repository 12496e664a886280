"""The ledger for acts of other packages whose effect must happen at most once: claimed before their code is called.

Their send key is strand/node/visit alone, their channel the node's type, their account the package's. A settled row
keeps the port by which the traveller left as its reason, so that a step that is run again leaves the same way.
"""

import secrets
from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from engine.delivery import ledger
from engine.journey.traveller import Traveller
from engine.store.batch import Batch
from engine.store.sets import among, lock_contacts, lock_journeys
from engine.store.tables import journey, message


class Ledger:
    """Claims and their settlement. Stateless but for the tokens of claims under way in this process."""

    def claim(self, batch: Batch, keys: Mapping[int, str]) -> dict[int, str]:
        """Claim each strand's key; committed before this returns. Gives a verdict for each strand: `run`, `gone`, or
        the state in the ledger (an accepted one with its port: `accepted:sent`), `held` where the journey is."""
        travellers = [traveller for traveller in batch.travellers if traveller.strand in keys]
        with batch.database.write("claim") as connection:
            lock_journeys(connection, [batch.journey_id])
            lock_contacts(connection, {traveller.contact for traveller in travellers})
            return self._decide(connection, batch, travellers, keys)

    def _decide(
        self, connection: Connection, batch: Batch, travellers: list[Traveller], keys: Mapping[int, str]
    ) -> dict[int, str]:
        real = batch.now()
        fences = {traveller.strand: (traveller.fence, traveller.contact) for traveller in travellers}
        channel = batch.node.type
        known = ledger.read_known(connection, channel, list(keys.values()), fences, (), ())
        held = connection.execute(
            select(journey.c.state, journey.c.sending).where(journey.c.id == batch.journey_id)
        ).one()
        token, deadline = secrets.token_hex(8), real + ledger.ANSWER_DEADLINE_MS
        verdicts: dict[int, str] = {}
        fresh: list[Traveller] = []
        again: list[str] = []
        silent: list[str] = []
        for traveller in travellers:
            row = known.rows.get(keys[traveller.strand])
            if traveller.strand not in known.fenced:
                verdict = "gone"
            elif row is not None and row.state == "accepted":
                verdict = f"accepted:{row.reason or ''}"
            elif row is not None and row.state in ledger.FINAL | {"unknown"}:
                verdict = row.state
            elif held.state != "running":
                verdict = "held"
            elif not held.sending:
                verdict = "planned"
            elif row is None:
                verdict = "run"
                fresh.append(traveller)
            elif row.state == "sending" and row.deadline > real:
                verdict = "sending"
            elif row.state == "sending":
                verdict = "unknown"
                silent.append(row.send_key)
            else:
                verdict = "run"
                again.append(row.send_key)
            verdicts[traveller.strand] = verdict
        ledger.insert_messages(
            connection,
            [
                (keys[t.strand], t.strand, t.contact, batch.journey_id, batch.plan_id, batch.node_id, t.visit, channel,
                 "", channel, None, None, "sending", token, deadline, None, 1, None, batch.due)
                for t in fresh
            ],
        )  # fmt: skip
        ledger.claim_again(connection, again, token, deadline)
        if silent:
            connection.execute(
                update(message)
                .where(among(message.c.send_key, silent))
                .values(
                    state="unknown",
                    reason="no result",
                    deadline=message.c.deadline + ledger.CONFIRMATION_WINDOW_MS,
                )
            )
        return verdicts

    def settle(self, batch: Batch, key: str, state: str, reason: str | None) -> None:
        """Write what became of a key, with the step: a state of the ledger, and the port or the reason. What is certain
        counts although a sweep has called the claim unknown, or unconfirmed, meanwhile."""
        before = ["sending"] if state == "unknown" else ["sending", "unknown", "unconfirmed"]
        deadline = batch.now() + ledger.CONFIRMATION_WINDOW_MS if state == "unknown" else None

        def write(connection: Connection) -> None:
            connection.execute(
                update(message)
                .where(message.c.send_key == key, message.c.state.in_(before))
                .values(state=state, reason=reason, deadline=deadline, settled_at=batch.due, claim=None)
            )

        batch.as_result(write)
