"""What an answer or a failure of a node means: for the contact, and for the ledger."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.flow.manifest import Effect
from engine.journey.host import Again
from engine.journey.time import instant
from nodes.sdk import Context, NeedsPerson, NodeType, Result, TryAgain, Unknown, attempt, node
from nodes.sdk.harness import NOW, Tried
from nodes.sdk.service import Reply

URL = "https://api.acme.example/v1/things"
NOW_AT = instant(NOW)


def made(act: Callable[[Context], Awaitable[Any]], effect: Effect = "none", **options: Any) -> NodeType:
    """A node that does `act`."""

    @node("acme.act", ports={"done": "Done", "other?": "Other"}, effect=effect, **options)
    async def run(ctx: Context) -> str | Result:
        """Act."""
        answer: str | Result = await act(ctx)
        return answer

    return run


def raising(error: Exception, *, after_a_request: bool = False) -> Callable[[Context], Awaitable[str]]:
    """An act that fails, before or after a request has left."""

    async def act(ctx: Context) -> str:
        if after_a_request:
            await ctx.http.post(URL, json={})
        raise error

    return act


async def tried(error: Exception, effect: Effect = "none", *, sent: bool = False) -> Tried:
    """What comes of an act that fails."""
    return await made(raising(error, after_a_request=sent), effect).test(http=[{"status": 200}])


@pytest.mark.parametrize("answer", ["done", Result("done"), Result("done", {"n": 1, "list": [1, None]})])
async def test_a_port_or_a_result_leaves_by_it(answer: str | Result) -> None:
    """A text is a port; a Result is a port and values."""

    async def act(ctx: Context) -> str | Result:
        return answer

    result = await made(act).test()

    assert result.port == "done"
    assert result.values == (dict(answer.values or {}) if isinstance(answer, Result) else {})


@pytest.mark.parametrize(
    ("after", "rest"),
    [(90, 90_000), (0.5, 500), ("2 hours", 7_200_000), ("1 month", 31 * 86_400_000), (None, 60_000), (-5, 0)],
)
async def test_try_again_rests(after: Any, rest: int) -> None:
    """TryAgain takes seconds or a duration; without either, a minute."""
    result = await tried(TryAgain(after, "busy"))

    assert result.outcome == Again(NOW_AT + rest, "busy")


@pytest.mark.parametrize(("number", "minutes"), [(1, 1), (2, 2), (4, 8), (7, 60), (40, 60)])
async def test_pauses_double_up_to_an_hour(number: int, minutes: int) -> None:
    """Without a wish, each attempt waits twice as long as the one before, an hour at most."""
    result = await made(raising(TryAgain())).test(attempt=number)

    assert result.again_at == NOW_AT + minutes * 60_000


async def test_needs_person_parks_under_its_code() -> None:
    """The code comes first, then what is wrong and what to do."""
    assert (await tried(NeedsPerson("quota"))).parked == "quota"
    assert (await tried(NeedsPerson("quota", "Used up. Buy more."))).parked == "quota: Used up. Buy more."


@pytest.mark.parametrize("effect", ["none", "safe", "once"])
async def test_an_answer_counts_whatever_had_left(effect: Effect) -> None:
    """TryAgain and NeedsPerson are the author's word that nothing has happened, also after a request."""
    assert (await tried(TryAgain(1), effect, sent=True)).again_at == NOW_AT + 1_000
    assert (await tried(NeedsPerson("auth"), effect, sent=True)).parked == "auth"


@pytest.mark.parametrize(
    ("effect", "sent", "code"),
    [
        ("none", False, "bug:KeyError"),
        ("safe", True, "bug:KeyError"),
        ("once", False, "bug:KeyError"),
        ("once", True, "unknown: "),
    ],
)
async def test_any_other_error_is_a_bug_unless_something_may_have_happened(
    effect: Effect, sent: bool, code: str
) -> None:
    """A bug parks by its name; with effect once, after a request had left, the outcome is unknown."""
    parked = (await tried(KeyError("anna@example.com"), effect, sent=sent)).parked

    assert parked is not None
    assert parked.startswith(code)
    assert "anna" not in parked


async def test_unknown_is_parked_or_tried_again_by_effect() -> None:
    """Unknown parks where a repeat would be a second effect; elsewhere it is tried again."""
    assert (await tried(Unknown(), "once")).parked == "unknown"
    assert (await tried(Unknown("the printer stopped"), "once")).parked == "unknown: the printer stopped"
    assert (await tried(Unknown(), "safe")).again_at == NOW_AT + 60_000


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (float("inf"), "too large"), (float("nan"), "too large"), (1e15, "too large"), (10**400, "too large"),
        (timedelta(minutes=5), "a timedelta"), (True, "a bool"),
    ],
)  # fmt: skip
async def test_a_pause_that_cannot_be_kept_is_a_bug(after: Any, why: str) -> None:
    """It parks the one, and says what to give."""
    parked = (await tried(TryAgain(after))).parked or ""

    assert parked.startswith('bug:PauseUnfit: The node "acme.act" asked for a pause that cannot be kept (')
    assert why in parked


@pytest.mark.parametrize(
    "value",
    [
        {"at": datetime.now(UTC)}, {"n": float("nan")}, {"set": {1}}, {"n": 2**64}, {"n": -(2**63) - 1},
        {"half": "\ud800"}, {"deep": [{"\udfff": 1}]}, {"nul": ["a\x00"]}, {"a\x00": 1},
    ],
)  # fmt: skip
async def test_values_must_be_json(value: dict[str, Any]) -> None:
    """Values that cannot be stored are a bug that names the node."""

    async def act(ctx: Context) -> Result:
        return Result("done", value)

    parked = (await made(act).test()).parked

    assert parked is not None
    assert parked.startswith('bug:ValuesNotJson: The values that the node "acme.act" gave')


@pytest.mark.parametrize("answer", ["sent", None, 7])
async def test_an_undeclared_port_is_a_bug(answer: Any) -> None:
    """The bug names the node and the known ports."""

    async def act(ctx: Context) -> Any:
        return answer

    parked = (await made(act).test()).parked

    assert parked is not None
    assert parked.startswith('bug:UndeclaredPort: The node "acme.act" answered')
    assert "(done, other)" in parked


@pytest.mark.parametrize(
    ("reply", "effect", "outcome"),
    [
        ("refused", "once", "again"),
        ("refused", "none", "again"),
        ("lost", "safe", "again"),
        ("lost", "once", "unknown: a request had left when the node stopped with OutcomeUnknown"),
    ],
)
async def test_failures_of_requests_are_sorted_by_what_they_prove(
    reply: Reply, effect: Effect, outcome: str
) -> None:
    """Surely not sent is tried again; an answer that never came is tried again only where that is safe."""

    async def act(ctx: Context) -> str:
        await ctx.http.post(URL, json={})
        return "done"

    result = await made(act, effect).test(http=[reply])

    assert (result.parked or "again").startswith(outcome)


async def test_what_only_reads_may_always_be_tried_again() -> None:
    """With effect once, too: a lost answer to a GET proves that nothing was changed; after a POST it does not."""

    async def act(ctx: Context) -> str:
        if ctx.contact.posts:
            await ctx.http.post(URL, json={})
        await ctx.http.get(URL)
        return "done"

    only_read = await made(act, "once").test(http=["lost"])
    after_post = await made(act, "once").test(http=[{}, "lost"], contact={"posts": True})

    assert only_read.again_at == NOW_AT + 60_000
    assert (after_post.parked or "").startswith("unknown: ")


async def test_an_address_that_is_not_allowed_needs_a_person() -> None:
    """A request that the client refuses parks with what to do, since trying again changes nothing."""

    async def act(ctx: Context) -> str:
        await ctx.http.get("ftp://files.example")
        return "done"

    parked = (await made(act, "once").test()).parked

    assert parked is not None
    assert parked.startswith("request: Nothing was sent to ftp://files.example")


class Found:
    """A node whose request is lost, with a reconcile function that answers as told."""

    def __init__(self, answer: Any) -> None:
        async def act(ctx: Context) -> str:
            await ctx.http.post(URL, json={})
            return "done"

        self.node = made(act, "once")

        @self.node.reconcile
        async def _(ctx: Context, cfg: Any) -> Result | str | None:
            if isinstance(answer, Exception):
                raise answer
            found: Result | str | None = answer
            return found


@pytest.mark.parametrize("answer", ["other", Result("other", {"id": 1})])
async def test_reconcile_decides_an_unknown_outcome(answer: Any) -> None:
    """What reconcile finds is the outcome, and nothing is sent again."""
    result = await Found(answer).node.test(http=["lost"])

    assert result.port == "other"
    assert result.effects == 1


@pytest.mark.parametrize("answer", [None, Unknown(), ConnectionError("x")])
async def test_reconcile_that_finds_nothing_is_asked_again(answer: Any) -> None:
    """Not found, or a look-up that fails, proves nothing: the contact rests and the question is asked again."""
    result = await Found(answer).node.test(http=["lost"])

    assert isinstance(result.outcome, Again)
    assert result.effects == 1


async def test_after_an_unknown_attempt_only_reconcile_runs() -> None:
    """An attempt that follows one of unknown outcome sends nothing itself."""
    result = await Found("done").node.test(after_unknown=True, http=[{}])

    assert (result.port, result.calls) == ("done", [])


async def test_a_call_that_hangs_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that never answers is tried again after its limit."""
    monkeypatch.setattr(attempt, "LONGEST_CALL", 0.01)

    async def act(ctx: Context) -> str:
        await asyncio.Event().wait()
        return "done"

    trial = await made(act).test()

    assert trial.outcome == Again(NOW_AT + 60_000, "TimeoutError")


async def test_secrets_are_read_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    """A secret reaches the service, and neither the log nor the record of calls."""
    caplog.set_level(logging.DEBUG, "wend.nodes")

    async def act(ctx: Context) -> str:
        token = ctx.secrets["token"]
        await ctx.http.post(
            f"https://{token}.acme.example/{token}", headers={"authorization": token}, json={}
        )
        text = f"used {token}"
        ctx.log.info(text, token=token, status=200)
        assert token not in str(ctx.http.calls)
        assert token not in repr(ctx)
        return "done"

    result = await made(act, "once", uses=["token"]).test(secrets={"token": "sesame"}, http=[{}])

    assert result.calls[0].headers["authorization"] == "sesame"
    assert [(note.text, note.facts) for note in result.logs] == [("used *", {"token": "*", "status": 200})]
    assert "sesame" not in caplog.text
    assert "used * token=* status=200" in caplog.text


async def test_a_secret_that_is_not_set_needs_a_person() -> None:
    """All who wait for one secret are parked under one cause, which names the variable."""

    async def act(ctx: Context) -> str:
        return ctx.secrets["token"]

    parked = (await made(act, uses=["token"]).test()).parked

    assert parked is not None
    assert parked.startswith('secret_missing: The secret "token" is not set. Set WEND_SECRET_TOKEN')


async def test_a_secret_must_be_declared() -> None:
    """A node reads only what its manifest mentions."""

    async def act(ctx: Context) -> str:
        return ctx.secrets["token"]

    parked = (await made(act).test(secrets={"token": "sesame"})).parked

    assert parked is not None
    assert parked.startswith('bug:UndeclaredSecret: The secret "token" is not declared')


async def test_requests_carry_the_key_of_the_visit() -> None:
    """Each request that may change something has its own key, the same in every attempt; reading ones have none."""

    async def act(ctx: Context) -> str:
        await ctx.http.get(URL)
        for _ in range(2):
            await ctx.http.post(URL, json={})
        await ctx.http.put(URL, json={}, ref="own")
        return "done"

    result = await made(act, "safe").test(http=[{}], key="9/card/4")

    assert [call.ref for call in result.calls] == [None, "9/card/4", "9/card/4/2", "own"]


async def test_the_context_is_read_only_and_forgiving() -> None:
    """What is not known of a contact is None; what is known cannot be changed; nothing personal is in a repr."""

    async def act(ctx: Context) -> Result:
        with pytest.raises(AttributeError, match="read-only"):
            ctx.contact.city = "Rome"
        assert "Paris" not in repr(ctx)
        seen = [ctx.contact.city, ctx.contact.shoe, ctx.event.total, ctx.event.name, ctx.contact["city"]]
        return Result(
            "done", {"seen": seen, "now": ctx.now().isoformat(), "before": ctx.journey.values["a"]["b"]}
        )

    result = await made(act).test(
        contact={"city": "Paris"},
        event={"name": "Cart Updated", "properties": {"total": 20, "name": "hidden"}},
        values={"a": {"b": 1}},
    )

    assert result.values == {
        "seen": ["Paris", None, 20, "Cart Updated", "Paris"],
        "now": "2025-03-05T12:00:00+00:00",
        "before": 1,
    }
