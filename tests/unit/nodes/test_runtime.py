"""What the engine gets from the nodes' code, for a whole batch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from engine.delivery.ledger import ANSWER_DEADLINE_MS
from engine.flow.manifest import Effect
from engine.journey.host import Again, Gone, Outcome, Stuck, Went
from engine.store.batch import Batch
from engine.store.clock import Clock
from nodes.http import SIGNATURE_HEADER, OutgoingHttp
from nodes.sdk import Context, NodeType, Result, TryAgain, attempt, node, runtime
from nodes.sdk.runtime import Behaviours
from nodes.sdk.service import Replies, Service
from tests.unit.nodes.batches import DUE, MemoryClaims, make_batch


class Cfg(BaseModel):
    """A config."""

    word: str = "hello"


def greeting(effect: Effect = "none", version: int = 1) -> NodeType:
    """A node that posts what it knows of a contact, and gives it as values."""

    @node("acme.greet", ports={"done": "Done", "none?": "None"}, effect=effect, version=version)
    async def greet(ctx: Context, cfg: Cfg) -> str | Result:
        """Greet."""
        if ctx.contact.email is None:
            return "none"
        if ctx.contact.email == "bug":
            raise ValueError(ctx.contact.email)
        await ctx.http.post("https://greet.example/", json={"to": ctx.contact.email})
        return Result(
            "done", {"said": f"{cfg.word} {ctx.contact.city} {ctx.event.total} {ctx.key} {ctx.attempt}"}
        )

    return greet


def over(replies: Replies) -> tuple[Service, Callable[[], OutgoingHttp]]:
    """A service in memory, and what makes clients of it."""
    service = Service(replies)
    return service, service.client


def run(kind: NodeType, batch: Batch, replies: Replies = ({},)) -> tuple[list[Outcome], Service]:
    """The outcomes, and the service that was called."""
    service, client = over(replies)
    return Behaviours([kind], client, {}).run(batch), service


PEOPLE: list[dict[str, Any]] = [{"email": "a", "city": "Rome"}, {}, {"email": "bug"}, {"email": "d"}]


def test_each_contact_gets_its_own_outcome() -> None:
    """One contact's failure fails nobody else, and outcomes stand in the order of the travellers."""
    outcomes, service = run(greeting(), make_batch(greeting(), PEOPLE))

    assert outcomes == [
        Went("done", {"said": "hello Rome 20 1/act/3 1"}),
        Went("none"),
        Stuck("bug:ValueError"),
        Went("done", {"said": "hello None 20 4/act/3 1"}),
    ]
    assert sorted(request.json["to"] for request in service.requests) == ["a", "d"]


def test_values_of_earlier_nodes_belong_to_their_enrolment() -> None:
    """`ctx.journey` says which journey, and what earlier nodes gave to this enrolment alone."""

    @node("acme.read", ports={"done": "Done"})
    async def read(ctx: Context) -> Result:
        """Read."""
        journey = ctx.journey
        before = journey.values.get("first", {}).get("n")
        return Result("done", {"seen": [journey.id, journey.name, journey.plan, journey.enrolment, before]})

    outcomes, _ = run(read, make_batch(read, [{}, {}], values={2: {"first": {"n": 8}}}))

    assert outcomes == [
        Went("done", {"seen": [5, "Spring", 7, 1, None]}),
        Went("done", {"seen": [5, "Spring", 7, 2, 8]}),
    ]


def test_a_contact_that_is_gone_is_parked() -> None:
    """A traveller whose contact is not there any more waits for a person."""
    batch = make_batch(greeting(), [{"email": "a"}, {"email": "b"}])
    del batch.people[1]

    outcomes, _ = run(greeting(), batch)

    assert outcomes[0] == Stuck("contact_missing")
    assert isinstance(outcomes[1], Went)


def test_calls_run_at_once_and_no_more_than_allowed() -> None:
    """A batch has many calls in flight, and never more than IN_FLIGHT."""
    running, most = 0, 0

    @node("acme.slow", ports={"done": "Done"})
    async def slow(ctx: Context) -> str:
        """Take a moment."""
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return "done"

    outcomes, _ = run(slow, make_batch(slow, [{}] * 120))

    assert outcomes == [Went("done")] * 120
    assert most == runtime.IN_FLIGHT


def test_a_slow_batch_gives_the_others_their_turn_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the time box is used up, those not yet called are taken up again, and no attempt is counted."""
    monkeypatch.setattr(runtime, "TIME_BOX", 0.0)
    outcomes, _ = run(greeting(), make_batch(greeting(), [{}] * 60))

    assert outcomes[:50] == [Went("none")] * 50
    assert outcomes[50:] == [Again(DUE + 1_000, "waiting for its turn", counts=False)] * 10


# ------------------------------------------------------------------------------------------------ effect "once"


def test_an_effect_is_claimed_before_and_settled_after() -> None:
    """Each visit is claimed by its key; the ledger hears of the port, of surely nothing, or of nobody can say."""
    batch = make_batch(greeting("once"), PEOPLE)
    outcomes, _ = run(greeting("once"), batch, [{}, "lost"])
    claims = batch.claims

    assert isinstance(claims, MemoryClaims)
    states = {key: state for key, (state, _) in claims.settled.items()}
    assert sorted(states) == ["1/act/3", "2/act/3", "3/act/3", "4/act/3"]
    assert claims.settled["2/act/3"] == ("accepted", "none")
    assert states["3/act/3"] == "retry_at"
    assert sorted([states["1/act/3"], states["4/act/3"]]) == ["accepted", "unknown"]
    assert outcomes[2] == Stuck("bug:ValueError")


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("gone", Gone()),
        ("accepted:done", Went("done")),
        ("sending", Again(DUE + 60_000, "waiting for an earlier attempt", counts=False)),
        ("planned", Again(DUE + 60_000, "waiting for an earlier attempt", counts=False)),
        ("held", Again(DUE + 1_000, "the journey is held", counts=False)),
        ("unknown", Stuck("unknown")),
        ("unconfirmed", Stuck("unknown")),
        ("cancelled", Stuck("cancelled")),
    ],
)
def test_what_the_ledger_knows_is_not_done_again(verdict: str, outcome: Outcome) -> None:
    """A visit that the ledger has already calls nobody: it leaves as before, waits, or is parked."""
    batch = make_batch(greeting("once"), [{"email": "a"}])
    batch.claims = MemoryClaims({"1/act/3": verdict})

    outcomes, service = run(greeting("once"), batch)

    assert outcomes == [outcome]
    assert service.requests == []


@pytest.mark.parametrize("effect", ["none", "once"])
def test_a_pause_begins_when_it_is_asked_for(effect: Effect) -> None:
    """In a leg that was due five minutes ago, too."""

    @node("acme.busy", ports={"done": "Done"}, effect=effect)
    async def busy(ctx: Context, cfg: Cfg) -> str:
        """Be busy."""
        await ctx.http.get("https://busy.example/", headers={})
        raise TryAgain(10)

    batch = make_batch(busy, [{"email": "a"}])
    batch.now = lambda: DUE + 300_000

    outcomes, _ = run(busy, batch)

    assert outcomes == [Again(DUE + 310_000, "")]


@pytest.mark.parametrize(("after", "rest"), [(None, 60_000_000), (10, 10_000_000), ("10 minutes", 600_000)])
def test_pauses_are_as_long_as_on_the_wall(after: Any, rest: int) -> None:
    """With a clock that goes a thousand times as fast a minute's pause is a minute; only a duration is business time."""

    @node("acme.away", ports={"done": "Done"})
    async def away(ctx: Context, cfg: Cfg) -> str:
        """Be away."""
        raise TryAgain(after)

    batch = make_batch(away, [{"email": "a"}])
    batch.clock = Clock(DUE, DUE, 1000.0)

    outcomes, _ = run(away, batch)

    assert outcomes == [Again(DUE + rest, "")]


def test_a_signature_has_the_time_on_the_wall() -> None:
    """Receivers refuse old ones: it is not that of the instant at which the leg was due."""

    @node("acme.sign", ports={"done": "Done"})
    async def signing(ctx: Context, cfg: Cfg) -> str:
        """Sign."""
        await ctx.http.post("https://sign.example/", json={}, sign_with="secret")
        return "done"

    batch = make_batch(signing, [{"email": "a"}])
    batch.now = lambda: DUE + 300_000

    _, service = run(signing, batch)

    assert f"t={(DUE + 300_000) // 1000}" in service.requests[0].headers[SIGNATURE_HEADER.lower()]


def test_an_unknown_visit_is_looked_up() -> None:
    """With reconcile, a visit of unknown outcome is settled by what is found."""
    greet = greeting("once")

    @greet.reconcile
    async def _(ctx: Context, cfg: Cfg) -> str:
        return "done"

    batch = make_batch(greet, [{"email": "a"}])
    batch.claims = MemoryClaims({"1/act/3": "unknown"})
    outcomes = Behaviours([greet], environment={}).run(batch)

    assert outcomes == [Went("done")]
    assert batch.claims.settled == {"1/act/3": ("accepted", "done")}


def test_without_an_effect_nothing_is_claimed() -> None:
    """Nodes that may be repeated do not touch the ledger."""
    batch = make_batch(greeting("safe"), PEOPLE)
    run(greeting("safe"), batch)

    assert isinstance(batch.claims, MemoryClaims)
    assert batch.claims.settled == {}


# ------------------------------------------------------------------------------------------------ batch form


def with_batch_form(form: Callable[[Batch, Any], list[Outcome]]) -> NodeType:
    """A node with a form for the whole group."""
    kind = greeting()
    kind.batch(form)
    return kind


def test_a_batch_form_gets_the_whole_group() -> None:
    """The batch form is called once, with the config, and instead of the form for one contact."""
    kind = with_batch_form(lambda batch, cfg: [Went("done", {"word": cfg.word}) for _ in batch.travellers])
    outcomes, service = run(kind, make_batch(kind, PEOPLE, {"word": "ciao"}))

    assert outcomes == [Went("done", {"word": "ciao"})] * 4
    assert service.requests == []


def test_a_batch_form_may_not_lose_anybody() -> None:
    """Fewer outcomes than travellers is an error of the form, not a guess."""
    kind = with_batch_form(lambda batch, cfg: [Went("done")])

    with pytest.raises(ValueError, match="gave 1 outcomes for 4 travellers"):
        run(kind, make_batch(kind, PEOPLE))


def test_a_batch_form_is_held_to_its_ports() -> None:
    """Who leaves by a port that is not there is parked; the others go on."""
    kind = with_batch_form(lambda batch, cfg: [Went("done"), Went("sent")])
    outcomes, _ = run(kind, make_batch(kind, [{}, {}]))

    assert outcomes[0] == Went("done")
    assert isinstance(outcomes[1], Stuck)
    assert outcomes[1].code.startswith('bug:UndeclaredPort: The node "acme.greet" answered "sent"')


# ------------------------------------------------------------------------------------------------ versions


def test_a_plan_keeps_its_version() -> None:
    """Of several versions, the one that the plan was published with runs."""
    old, new = greeting(version=1), greeting(version=2)

    @new.batch
    def _(batch: Batch, cfg: Any) -> list[Outcome]:
        return [Stuck("new") for _ in batch.travellers]

    batch = make_batch(old, [{}], version=1)

    assert Behaviours([old, new], environment={}).run(batch) == [Went("none")]


def test_a_newer_version_runs_what_it_can_upgrade() -> None:
    """Where the old code is gone, a newer version runs with the config brought up to it."""
    new = greeting(version=2)
    new.upgrade(1)(lambda config: {"word": config["text"]})
    batch = make_batch(new, [{"email": "a"}], {"text": "ciao"}, version=1)

    outcomes, _ = run(new, batch)

    assert outcomes == [Went("done", {"said": "ciao None 20 1/act/3 1"})]


def test_a_newer_version_runs_what_fits_as_it_is() -> None:
    """A bump without a function for it reads an older config that fits; with a way out gone it does not."""
    new = greeting(version=2)
    batch = make_batch(new, [{"email": "a"}], {"word": "ciao"}, version=1)
    outcomes, _ = run(new, batch)
    assert outcomes == [Went("done", {"said": "ciao None 20 1/act/3 1"})]

    ports: dict[str, str | None] = {**batch.node.ports, "no_address": None}
    batch.node = batch.node.model_copy(update={"ports": ports})
    (outcome,), _ = run(new, batch)
    assert isinstance(outcome, Stuck)
    assert "at version 1 is not installed" in outcome.code


def test_an_upgrade_never_changes_the_plan() -> None:
    """A function that edits a list in place edits a copy: the plan is read once, and used by everybody."""
    new = greeting(version=2)

    def append(config: dict[str, Any]) -> dict[str, Any]:
        config["words"].append("ciao")
        return {"word": config["words"][-1]}

    new.upgrade(1)(append)
    batch = make_batch(new, [{"email": "a"}], {"words": ["hello"]}, version=1)
    run(new, batch)

    assert batch.node.config == {"words": ["hello"]}


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (lambda config: {"word": config["gone"]}, "KeyError"),
        (lambda config: 1 / 0, "ZeroDivisionError"),
        (lambda config: None, "it gave a NoneType"),
    ],
)
def test_an_upgrade_that_fails_parks_as_a_bug(broken: Any, why: str) -> None:
    """Not as code that is missing: the function is named, by node and version."""
    new = greeting(version=2)
    new.upgrade(1)(broken)
    outcomes, _ = run(new, make_batch(new, [{}, {}], {"text": "ciao"}, version=1))

    told = (
        f'bug:UpgradeFailed: The node "acme.greet" cannot bring a config of version 1 to the next one ({why}). '
        "Mend its upgrade function, start the workers again, and replay."
    )
    assert outcomes == [Stuck(told)] * 2


@pytest.mark.parametrize("version", [1, 3])
def test_a_node_whose_code_is_missing_parks(version: int) -> None:
    """No code, or none that reads this config: everybody is parked with what to install."""
    batch = make_batch(greeting(version=2), [{}, {}], {"word": 7}, version=version)
    outcomes, _ = run(greeting(version=2), batch)

    assert len(outcomes) == 2
    assert all(isinstance(o, Stuck) and f'"acme.greet" at version {version}' in o.code for o in outcomes)


def test_a_config_that_does_not_fit_parks() -> None:
    """A config that the code refuses parks the group and names node and field."""
    batch = make_batch(greeting(), [{}], {"word": 7})
    (outcome,), _ = run(greeting(), batch)

    assert isinstance(outcome, Stuck)
    assert outcome.code.startswith(
        'config: The config of the node "Act" does not fit its type "acme.greet" (word:'
    )


def test_the_keys_are_those_of_its_nodes() -> None:
    """`keys` lists what it can run."""
    assert Behaviours([greeting()]).keys() == ["acme.greet"]


def test_results_are_written_before_a_claim_runs_out() -> None:
    """A call that begins last and is then looked up ends before the ledger gives its claim up."""
    slowest = runtime.TIME_BOX + attempt.LONGEST_CALL + attempt.LONGEST_LOOK_UP

    assert slowest * 1_000 < ANSWER_DEADLINE_MS
