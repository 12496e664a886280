"""Accounts, changed."""

from sqlalchemy import Connection

from api.accounts.queries import read_account_out
from api.accounts.schemas import AccountChange, AccountOut
from api.errors import BadValue
from api.house import WHO
from engine.delivery.accounts import change_account
from engine.delivery.sandbox import faulty_behaviour


def change(connection: Connection, name: str, wanted: AccountChange, now: int) -> AccountOut:
    """Change an account. What follows a repair or a switch (a replay, the next tries) is not its business."""
    before = read_account_out(connection, name)
    given = wanted.model_fields_set
    if wanted.behaviour is not None:
        if before.provider != "sandbox":
            raise BadValue("behaviour", "Only a sandbox account can be told to fail. Leave it out.")
        fault = faulty_behaviour(wanted.behaviour)
        if fault is not None:
            raise BadValue("behaviour", fault)
    values: dict[str, object] = {}
    if "rate" in given:
        values["rate"] = wanted.rate
    if wanted.stopped is not None:
        values["stopped"] = wanted.stopped
    if wanted.repaired:
        values["broken"] = None
    if wanted.behaviour is not None:
        values["behaviour"] = wanted.behaviour
    if values:
        change_account(connection, name, values, now=now, who=WHO)
    return read_account_out(connection, name)
