"""Provider accounts over HTTP."""

from __future__ import annotations

from sqlalchemy import update

from engine.store.database import Database
from engine.store.tables import account
from tests.api.driver import Api

SMS = "/accounts/sandbox-sms"


async def test_every_installation_has_the_sandbox_accounts(api: Api) -> None:
    """A mailbox, a phone and a device are there from the start, switched on and whole."""
    listed = await api.all_pages("/accounts", limit=2)

    assert [(one["name"], one["channel"], one["stopped"], one["broken"]) for one in listed] == [
        ("sandbox-email", "email", False, None),
        ("sandbox-push", "push", False, None),
        ("sandbox-sms", "sms", False, None),
    ]


async def test_an_account_is_switched_off_and_its_rate_set(api: Api) -> None:
    """What is not given stays; a rate of null lifts the bound."""
    await api.patch(SMS, {"stopped": True, "rate": 20})
    changed = await api.patch(SMS, {"stopped": False})
    lifted = await api.patch(SMS, {"rate": None})

    assert (changed["stopped"], changed["rate"]) == (False, 20)
    assert (lifted["stopped"], lifted["rate"]) == (False, None)


async def test_a_mended_fault_is_forgotten(api: Api, database: Database) -> None:
    """An account whose credentials were refused sends again once somebody says that they are mended."""
    with database.write() as connection:
        broken = update(account).where(account.c.name == "sandbox-sms").values(broken="provider_auth")
        connection.execute(broken)

    faulty = await api.get(SMS)
    mended = await api.patch(SMS, {"repaired": True})

    assert faulty["broken"] == "provider_auth"
    assert faulty["words"].endswith("credentials are wrong or blocked. Mend the account, then retry.")
    assert (mended["broken"], mended["words"]) == (None, None)


async def test_a_sandbox_account_is_told_how_to_fail(api: Api) -> None:
    """A behaviour that makes sense is kept; another one changes nothing and says what to write."""
    kept = await api.patch(SMS, {"behaviour": {"script": ["rate_limit", "refuse"], "seed": 3}})
    refused = await api.refused("PATCH", SMS, json={"behaviour": {"script": ["explode"]}})
    too_much = await api.refused("PATCH", SMS, json={"behaviour": {"share": {"bounce": 0.7, "reject": 0.7}}})

    assert kept["behaviour"] == {"script": ["rate_limit", "refuse"], "seed": 3}
    assert refused["status"] == too_much["status"] == 422
    assert "drop_answer" in refused["detail"]
    assert (await api.get(SMS))["behaviour"] == kept["behaviour"]


async def test_an_account_that_is_not_there_is_not_found(api: Api) -> None:
    """A wrong name says where to look."""
    assert (await api.refused("PATCH", "/accounts/acme", json={"stopped": True}))["status"] == 404
