"""The library over HTTP."""

from __future__ import annotations

from tests.api.driver import Api

NEWS = {"channel": "email", "subject": "News", "text": "Hi {{ contact.first_name }}"}
SPRING = {"name": "Spring", "discount_percent": 10, "coupon_valid_for": "7 days"}


async def test_a_template_is_saved_judged_and_removed(api: Api) -> None:
    """What is wrong with a template is told as it is saved, and keeps nobody from saving it."""
    saved = await api.put("/templates/news letter", NEWS)
    faulty = await api.put(
        "/templates/faulty", {**NEWS, "text": "{{ contact.emial }} {% if %}", "subject": "{{ nme }}"}
    )

    assert (saved["name"], saved["faults"], saved["variables"]) == ("news letter", [], ["contact.first_name"])
    assert {(one["part"], one["code"]) for one in faulty["faults"]} == {
        ("subject", "unknown_variable"), ("text", "syntax"),
    }  # fmt: skip
    assert await api.get("/templates/faulty") == faulty
    assert [one["name"] for one in await api.all_pages("/templates", limit=1)] == ["faulty", "news letter"]
    await api.delete("/templates/faulty")
    assert [one["name"] for one in await api.all_pages("/templates")] == ["news letter"]


async def test_names_with_a_slash_have_an_address(api: Api) -> None:
    """A template and a promotion are called whatever a person likes."""
    await api.put("/templates/news%2Fspring", NEWS)
    await api.put("/promotions/10%2F20", SPRING)

    assert (await api.get("/templates/news%2Fspring"))["name"] == "news/spring"
    assert (await api.get("/promotions/10%2F20"))["name"] == "10/20"
    await api.delete("/templates/news%2Fspring")
    assert await api.all_pages("/templates") == []


async def test_a_promotion_is_saved_over_and_removed(api: Api) -> None:
    """Saving under a name that is there writes over it."""
    await api.put("/promotions/spring", SPRING)
    changed = await api.put("/promotions/spring", {**SPRING, "discount_percent": 20})

    assert changed["content"]["discount_percent"] == 20
    assert changed["content"]["coupon_valid_for"] == "7 days"
    assert [one["name"] for one in await api.all_pages("/promotions", search="SPR")] == ["spring"]
    await api.delete("/promotions/spring")
    assert (await api.refused("GET", "/promotions/spring"))["status"] == 404


async def test_what_is_not_there_or_cannot_be_is_refused(api: Api) -> None:
    """404 for an unknown name, 422 for content of another shape."""
    for kind in ("templates", "promotions"):
        assert (await api.refused("GET", f"/{kind}/none"))["status"] == 404
        assert (await api.refused("DELETE", f"/{kind}/none"))["status"] == 404
        assert (await api.refused("PUT", f"/{kind}/none", json={"nonsense": 1}))["status"] == 422


async def test_a_journey_may_name_what_the_library_holds(api: Api) -> None:
    """A document that names a template of the library is published with its words of that moment."""
    await api.put("/templates/launch", NEWS)
    from tests.api.driver import welcome

    document = welcome()
    del document["templates"]["launch"]
    made = await api.post("/journeys", {"document": document})

    plan = await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    await api.put("/templates/launch", {**NEWS, "text": "Bye"})
    again = await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})

    assert (plan["number"], again["number"]) == (1, 2)
