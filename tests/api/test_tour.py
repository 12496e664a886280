"""The tour over HTTP: what it furnishes, how its steps follow what really happens, and whom it leaves alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from api.house import House
from engine.enrolment.enter import Entering, enter
from engine.enrolment.runtime import Runtime
from engine.store.clock import read_clock
from engine.store.database import Database
from engine.store.tables import journey
from tests.api.driver import Api, move, welcome

DAY = 86_400_000


class Later:
    """Real time under a test's control, for the workers and the API alike."""

    def __init__(self, house: House, workers: Runtime) -> None:
        self.real = house.runtime.now()
        house.runtime.now = workers.now = lambda: self.real

    def wait(self, seconds: float) -> None:
        """So much real time goes by."""
        self.real += round(seconds * 1000)


def done(tour: dict[str, Any]) -> set[str]:
    """The steps that are done."""
    return {step["key"] for step in tour["steps"] if step["done"]}


async def entered(api: Api, workers: Runtime) -> dict[str, Any]:
    """A tour that is started, published, and entered by everybody."""
    tour = await api.post("/tour")
    draft = await api.get(f"/journeys/{tour['journey']}/draft")
    await api.post(f"/journeys/{tour['journey']}/publish", {"revision": draft["revision"]})
    for person in tour["people"]:
        # What a campaign does, without its workflow: this tier has none.
        enter_now(workers, int(tour["journey"]), int(person["contact"]))
    move(workers)
    return await api.get("/tour")  # type: ignore[no-any-return]  # JSON


def enter_now(workers: Runtime, journey_id: int, contact: int) -> None:
    """One contact enters at the campaign's trigger."""

    now = workers.business_now()
    with workers.database.write() as connection:
        plan = connection.scalar(select(journey.c.plan).where(journey.c.id == journey_id))
        assert plan is not None
        published = workers.plans.get(connection, plan)
        one = Entering(contact, "campaign:1", now, published.plan.triggers[0].node)
        enter(connection, published, [one], lane="live", now=workers.now())


async def test_the_tour_furnishes_the_installation(api: Api, database: Database) -> None:
    """Five people with their past, a list of them, a journey that can be published as it is, and a day of 20 seconds."""
    assert (await api.get("/tour"))["state"] == "none"

    tour = await api.post("/tour")

    assert tour["state"] == "running"
    assert [person["key"] for person in tour["people"]] == ["mario", "lucia", "paolo", "sara", "nico"]
    assert done(tour) == set()
    assert (await api.get("/clock"))["speed"] == 4320
    assert (await api.get(f"/segments/{tour['segment']}"))["count"] == 5
    assert (await api.get(f"/journeys/{tour['journey']}/check"))["publishable"]
    mario = await api.get(f"/contacts/{tour['people'][0]['contact']}/timeline")
    viewed = [line["words"] for line in mario["items"] if "Product Viewed" in line["words"]]
    assert sorted(viewed) == ["Product Viewed: TOY-01."] * 3 + ["Product Viewed: TOY-02."]


async def test_a_second_start_changes_nothing(api: Api) -> None:
    """Started twice, it is one tour with one journey, and its time goes on as it went."""
    first = await api.post("/tour")

    assert await api.post("/tour") == first
    assert len((await api.get("/journeys"))["items"]) == 1


async def test_the_steps_follow_what_really_happens(api: Api, house: House, workers: Runtime) -> None:
    """Each step is done once its own event, message or end is there, from the publication to the conversion."""
    time = Later(house, workers)
    tour = await entered(api, workers)
    assert done(tour) == {"publish", "enter", "arrived"}
    email = next(step["message"] for step in tour["steps"] if step["key"] == "arrived")
    received = await api.get(f"/sandbox/messages/{email}")
    assert received["content"]["subject"] == "Mario, 10% off what you like"
    assert "TheToy mini robot" in received["content"]["html"]
    assert "€72.00" in received["content"]["html"]

    time.wait(5)
    await api.post(f"/sandbox/messages/{email}/acts", {"act": "opened"})
    assert done(await api.get("/tour")) == {"publish", "enter", "arrived", "opened"}
    await api.post(f"/sandbox/messages/{email}/acts", {"act": "clicked"})
    await api.post("/track", {"userId": "mario", "event": "landing.visited"})
    move(workers)
    assert done(await api.get("/tour")) >= {"clicked", "visited"}

    time.wait(39)
    move(workers)
    assert "texted" not in done(await api.get("/tour"))
    time.wait(2)
    move(workers)
    after_two_days = await api.get("/tour")
    assert {"texted", "reminded"} <= done(after_two_days)
    assert "converted" not in done(after_two_days)

    order = {"order_id": "1", "channel": "online", "total": 64}
    await api.post("/track", {"userId": "mario", "event": "Order Completed", "properties": order})
    move(workers)
    end = await api.get("/tour")
    assert done(end) == {step["key"] for step in end["steps"]}
    assert end["people"][0]["result"] == "converted"


async def test_ending_gives_real_time_back_without_a_step_backwards(
    api: Api, house: House, workers: Runtime
) -> None:
    """From the end on, time goes like real time, later than it ever was."""
    time = Later(house, workers)
    await api.post("/tour")
    time.wait(60)
    before = workers.business_now()

    ended = await api.post("/tour/end")

    assert ended["state"] == "ended"
    with house.database.read() as connection:
        clock = read_clock(connection)
    assert clock.speed == 1
    assert before <= clock.business(time.real) <= before + DAY
    assert clock.business(time.real + 1000) == clock.business(time.real) + 1000


async def test_a_tour_after_the_tour_is_a_new_one(api: Api, house: House, workers: Runtime) -> None:
    """Whoever is still inside an earlier tour is taken out, and nothing of it counts for the new one."""
    Later(house, workers)
    await entered(api, workers)
    await api.post("/tour/end")

    again = await api.post("/tour")

    assert done(again) == set()
    assert all(person["stands"] is None for person in again["people"])
    first, second = sorted(await api.all_pages("/journeys"), key=lambda one: one["name"])
    assert (first["state"], second["name"]) == ("stopped", "Tour: Spring offer 2")
    assert second["id"] == again["journey"]


async def test_no_tour_where_others_are_on_their_way(api: Api, workers: Runtime) -> None:
    """Where a contact has entered another journey, the clock is left alone, and the answer says where to take the tour."""
    made = await api.post("/journeys", {"document": welcome()})
    await api.post(f"/journeys/{made['id']}/publish", {"revision": 1})
    ann = await api.post("/contacts", {"email": "ann@example.com"})
    enter_now(workers, int(made["id"]), int(ann["id"]))

    problem = await api.refused("POST", "/tour")

    assert problem["status"] == 409
    assert "wend up --folder another" in problem["detail"]
    assert (await api.get("/tour"))["refused"] == problem["detail"]
    assert (await api.get("/clock"))["speed"] == 1
