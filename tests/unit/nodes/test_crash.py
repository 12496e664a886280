"""The crash test: what it kills, and which mistakes it finds."""

from __future__ import annotations

import uuid

import pytest

from engine.flow.manifest import Effect
from engine.journey.host import Again, Stuck, Went
from nodes.sdk import Context, NodeType, Result, TryAgain, node
from nodes.sdk.service import Reply, Request

URL = "https://api.acme.example/v1/things"


def posting(effect: Effect, *, requests: int = 1, ref: str | None = None, fresh: bool = False) -> NodeType:
    """A node that posts a few times; with `fresh`, a body that differs in each attempt."""

    @node("acme.post", ports={"done": "Done"}, effect=effect)
    async def post(ctx: Context) -> str:
        """Post."""
        for number in range(requests):
            body = {"number": number, "attempt": ctx.attempt if fresh else 0}
            await ctx.http.post(URL, json=body, ref=ref)
        return "done"

    return post


def service(request: Request) -> Reply:
    """Takes every request, and knows those that took effect."""
    if request.method == "GET":
        return {"json": [earlier.ref for earlier in request.earlier]}
    return {"status": 201}


async def test_each_request_is_a_place_to_die() -> None:
    """Before, after, and with the answer lost: three deaths for each request."""
    crashes = await posting("once", requests=3).crash_test(http=service)

    assert [(crash.request, crash.moment) for crash in crashes] == [
        (request, moment) for request in (1, 2, 3) for moment in ("before", "after", "lost")
    ]
    assert [crash.effects for crash in crashes] == [0, 1, 1, 1, 2, 2, 2, 3, 3]


async def test_an_effect_that_must_not_repeat_is_parked_after_a_death() -> None:
    """Without reconcile nobody can say, so that a person has to."""
    crashes = await posting("once").crash_test(http=service)

    assert [crash.outcome for crash in crashes if crash.moment != "lost"] == [Stuck("unknown")] * 2


async def test_reconcile_finds_what_happened_before_the_death() -> None:
    """With reconcile, a contact goes on where it happened, and nothing is done twice."""
    post = posting("once")

    @post.reconcile
    async def _(ctx: Context, cfg: object) -> Result | None:
        found = await ctx.http.get(URL)
        return Result("done") if ctx.key in found.json() else None

    crashes = {crash.moment: crash for crash in await post.crash_test(http=service)}

    assert isinstance(crashes["before"].outcome, Again)
    assert crashes["before"].effects == 0
    assert crashes["after"].outcome == crashes["lost"].outcome == Went("done")
    assert crashes["after"].effects == crashes["lost"].effects == 1


async def test_a_safe_node_repeats_the_same_request() -> None:
    """Equal requests under one key are one effect, and the node gets to its end."""
    crashes = await posting("safe", requests=2).crash_test(http=service)

    assert {type(crash.outcome) for crash in crashes} == {Went}
    assert {crash.effects for crash in crashes} == {2}


async def test_a_safe_node_that_changes_its_request_is_found() -> None:
    """A repeat with another body is a second effect."""
    with pytest.raises(AssertionError, match=r"acts twice when it dies after request 1.*same body"):
        await posting("safe", fresh=True).crash_test(http=service)


async def test_a_safe_node_with_a_new_key_each_time_is_found() -> None:
    """A key of its own making, new in each attempt, cannot tell a repeat."""

    @node("acme.random", ports={"done": "Done"}, effect="safe")
    async def random(ctx: Context) -> str:
        """Post."""
        await ctx.http.post(URL, json={}, ref=str(uuid.uuid4()))
        return "done"

    with pytest.raises(AssertionError, match="acts twice"):
        await random.crash_test(http=service)


async def test_a_node_that_hides_its_effect_is_found() -> None:
    """Effect none and a request that changes something do not go together."""
    with pytest.raises(AssertionError, match='declares effect "none" and changes something'):
        await posting("none").crash_test(http=service)


async def test_a_node_that_tries_again_too_lightly_is_found() -> None:
    """TryAgain for an error that comes after the effect sends twice."""

    @node("acme.light", ports={"done": "Done"}, effect="once")
    async def light(ctx: Context) -> str:
        """Post."""
        try:
            await ctx.http.post(URL, json={})
        except Exception as error:
            raise TryAgain(1) from error
        return "done"

    with pytest.raises(AssertionError, match=r"dies lost request 1.*TryAgain only where surely nothing"):
        await light.crash_test(http=service)


async def test_a_reconcile_that_sends_is_found() -> None:
    """Reconcile looks; one that does it again makes a second effect."""
    post = posting("once")

    @post.reconcile
    async def _(ctx: Context, cfg: object) -> str:
        await ctx.http.post(URL, json={})
        return "done"

    with pytest.raises(AssertionError, match="only read in the reconcile function"):
        await post.crash_test(http=service)


async def test_a_request_without_a_reply_says_so() -> None:
    """A test that forgot its replies is told to pass them."""
    with pytest.raises(AssertionError, match="no reply for it"):
        await posting("safe").crash_test()
