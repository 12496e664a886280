"""Publishing: what becomes of a document, its journey, its draft and its plan."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.delivery.accounts import ensure_sandbox
from engine.enrolment.drafts import (
    DraftChanged,
    JourneyNameMissing,
    JourneyNameTaken,
    NotReadable,
    UnknownJourney,
    create_journey,
    read_draft,
    save_draft,
)
from engine.enrolment.publishing import check_document, publish_document, publish_draft
from engine.enrolment.runtime import Plans, Published
from engine.enrolment.world import world_of
from engine.flow.diagnostic import NotPublishable
from engine.flow.plan import Draw
from engine.journey.draw import draw as arm_of
from engine.store.database import Database
from engine.store.tables import (
    audit,
    contact,
    journey,
    library_template,
    membership,
    node_type,
    plan,
    segment,
    tag,
)
from tests.unit.flow.drawing import draw
from tests.unit.flow.manifests import CATALOG

NOW = 1_800_000_000_000


def furnished(database: Database) -> Database:
    """The database of an installation with the catalog and the sandbox accounts."""
    with database.write() as connection:
        ensure_sandbox(connection)
        connection.execute(
            insert(node_type),
            [
                {"key": one.key, "version": one.version, "digest": one.digest, "package": one.package,
                 "manifest": one.model_dump(mode="json"), "published_at": NOW}
                for one in CATALOG
            ],
        )  # fmt: skip
    return database


@pytest.fixture
def house(database: Database) -> Database:
    """A furnished installation, on each of the two databases."""
    return furnished(database)


def welcome(name: str = "Welcome", **configs: dict[str, Any]) -> dict[str, Any]:
    """A sound document."""
    return {**draw("in:campaign -> mail:send_email -> out:exit", **configs), "name": name}


def all_of(database: Database, table: Any) -> list[Any]:
    """A table's rows."""
    with database.read() as connection:
        return list(connection.execute(select(table)).all())


def test_a_new_document_becomes_a_running_journey_with_its_plan_and_draft(house: Database) -> None:
    """Publishing makes the journey by the document's name, pins the plan, keeps the draft and says who did it."""
    published = publish_document(house, welcome(), now=NOW, who="ann", new_journey=True)

    (owner,), (stored,) = all_of(house, journey), all_of(house, plan)
    assert (owner.name, owner.state, owner.plan) == ("Welcome", "running", published.id)
    assert (stored.number, stored.digest, stored.published_by) == (1, published.plan.digest, "ann")
    with house.read() as connection:
        assert read_draft(connection, published.journey).document["name"] == "Welcome"
        assert Plans().get(connection, published.id) == published
    assert [(row.who, row.what, row.subject) for row in all_of(house, audit)] == [
        ("ann", "create", f"journey/{published.journey}"),
        ("ann", "publish", f"journey/{published.journey}"),
    ]


def test_the_same_meaning_again_is_the_same_plan(house: Database) -> None:
    """A node that was only moved on the canvas changes the draft, and no plan."""
    first = publish_document(house, welcome(), now=NOW, who="ann")
    moved = welcome()
    moved["nodes"]["mail"]["position"] = {"x": 10, "y": 20}

    again = publish_document(house, moved, now=NOW + 1, who="ann")

    assert (again.id, again.number) == (first.id, 1)
    with house.read() as connection:
        assert read_draft(connection, first.journey).revision == 2


def test_a_field_that_a_type_got_since_makes_no_new_version(house: Database) -> None:
    """An unchanged draft is the same plan under a newer catalog; one that uses the field, or another type, is not."""
    first = publish_document(house, welcome(), now=NOW, who="ann")
    with house.write() as connection:
        key = node_type.c.key == "send_email"
        manifest = connection.scalars(select(node_type.c.manifest).where(key)).one()
        manifest["config_schema"]["properties"] |= {"footer": {"type": "string", "default": "plain"}}
        connection.execute(update(node_type).where(key).values(manifest=manifest))

    again = publish_document(house, welcome(), now=NOW, who="ann")
    said = publish_document(
        house, welcome(mail={"template": "launch", "footer": "plain"}), now=NOW, who="ann"
    )
    other = publish_document(
        house, welcome(mail={"template": "launch", "footer": "merry"}), now=NOW, who="ann"
    )

    assert (again.id, said.id, again.number) == (first.id, first.id, 1)
    assert "footer" not in first.plan.nodes["mail"].config
    assert (other.number, other.plan.nodes["mail"].config["footer"]) == (2, "merry")


def test_an_earlier_meaning_published_again_is_current_again(house: Database) -> None:
    """Going back to an old version makes its plan the one that contacts enter, under its old number."""
    first = publish_document(house, welcome(), now=NOW, who="ann")
    second = publish_document(house, welcome(out={"result": "seen"}), now=NOW, who="ann")
    back = publish_document(house, welcome(), now=NOW, who="ann")

    assert (first.number, second.number, back.id) == (1, 2, first.id)
    assert all_of(house, journey)[0].plan == first.id


def test_errors_keep_a_document_from_being_published_and_nothing_is_written(house: Database) -> None:
    """A document with errors is refused with all of them, and leaves no journey behind."""
    document = welcome(mail={"template": "nothing"})

    with pytest.raises(NotPublishable) as refused:
        publish_document(house, document, now=NOW, who="ann")

    assert [one.code for one in refused.value.diagnostics] == ["unknown-template"]
    assert [one.code for one in check_document(house, document) if one.severity == "error"] == [
        "unknown-template"
    ]
    assert all_of(house, journey) == all_of(house, audit) == []


def test_a_paused_journey_stays_paused(house: Database) -> None:
    """Publishing into a paused journey gives it a plan; resuming it is an act of its own."""
    published = publish_document(house, welcome(), now=NOW, who="ann")
    with house.write() as connection:
        connection.execute(update(journey).values(state="paused"))

    publish_document(house, welcome(out={"result": "seen"}), now=NOW, who="ann", journey=published.journey)

    assert all_of(house, journey)[0].state == "paused"


def test_a_stopped_journey_runs_again_once_published(house: Database) -> None:
    """Publishing is how a stopped journey is started again."""
    publish_document(house, welcome(), now=NOW, who="ann")
    with house.write() as connection:
        connection.execute(update(journey).values(state="stopped"))

    publish_document(house, welcome(), now=NOW, who="ann")

    assert all_of(house, journey)[0].state == "running"


def test_a_name_belongs_to_one_journey(house: Database) -> None:
    """A new journey needs a name that is free, and one at all."""
    publish_document(house, welcome(), now=NOW, who="ann")

    with pytest.raises(JourneyNameTaken):
        publish_document(house, welcome(), now=NOW, who="ann", new_journey=True)
    with pytest.raises(JourneyNameMissing):
        publish_document(house, welcome("  "), now=NOW, who="ann")
    with pytest.raises(UnknownJourney):
        publish_document(house, welcome(), now=NOW, who="ann", journey=17)


def test_a_draft_is_saved_on_the_revision_that_its_author_saw(house: Database) -> None:
    """Of two changes to the same revision the second is told so, and the first stands."""
    with house.write() as connection:
        draft = create_journey(connection, welcome(), now=NOW, who="ann")
        saved = save_draft(
            connection, draft.journey, welcome("Hello"), expected_revision=1, now=NOW, who="ann"
        )

        with pytest.raises(DraftChanged, match="revision 2, your change is to revision 1"):
            save_draft(connection, draft.journey, welcome("Bye"), expected_revision=1, now=NOW, who="bob")

        assert read_draft(connection, draft.journey) == saved
        assert connection.scalar(select(journey.c.name)) == "Hello"


def test_saving_the_same_document_again_changes_nothing(house: Database) -> None:
    """A repeated save, whose first answer was lost, is no conflict."""
    with house.write() as connection:
        draft = create_journey(connection, welcome(), now=NOW, who="ann")
        save_draft(connection, draft.journey, welcome("Hello"), expected_revision=1, now=NOW, who="ann")
        again = save_draft(
            connection, draft.journey, welcome("Hello"), expected_revision=1, now=NOW, who="ann"
        )

    assert again.revision == 2


def test_a_draft_with_errors_is_saved_and_an_unreadable_one_is_not(house: Database) -> None:
    """Errors block publishing, never saving; what is no flowchart at all cannot be saved."""
    with house.write() as connection:
        draft = create_journey(connection, {"name": "Empty", "nodes": {}}, now=NOW, who="ann")

        with pytest.raises(NotReadable) as refused:
            save_draft(connection, draft.journey, {"nodes": 5}, expected_revision=1, now=NOW, who="ann")

    assert [one.code for one in refused.value.diagnostics] == ["document-unreadable"]
    with pytest.raises(NotPublishable):
        publish_draft(house, draft.journey, revision=1, now=NOW, who="ann")


def test_a_draft_is_published_at_the_revision_that_was_looked_at(house: Database) -> None:
    """Who asks to publish what he saw does not publish what somebody else has saved since."""
    with house.write() as connection:
        draft = create_journey(connection, welcome(), now=NOW, who="ann")
        save_draft(connection, draft.journey, welcome("Hello"), expected_revision=1, now=NOW, who="bob")

    with pytest.raises(DraftChanged):
        publish_draft(house, draft.journey, revision=1, now=NOW, who="ann")

    assert publish_draft(house, draft.journey, revision=2, now=NOW, who="ann").number == 1


def test_two_who_publish_together_get_two_numbers(postgresql: Database) -> None:
    """The journey's row is held alone while a number is given, so that none is given twice."""
    house = furnished(postgresql)
    publish_document(house, welcome(), now=NOW, who="ann")
    together = Barrier(4)
    numbers: list[int] = []

    def one(result: str) -> None:
        together.wait()
        numbers.append(publish_document(house, welcome(out={"result": result}), now=NOW, who="ann").number)

    threads = [Thread(target=one, args=(f"r{index}",)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [2, 3, 4, 5]


def test_the_world_holds_what_the_installation_holds(house: Database) -> None:
    """Segments that the document names are counted, tags in use are known, library templates stand by their name."""
    with house.write() as connection:
        connection.execute(
            insert(contact),
            [{"id": n, "created_at": NOW, "updated_at": NOW, "attributes": {}} for n in (1, 2, 3)],
        )
        connection.execute(
            insert(tag), [{"contact": n, "name": name, "at": NOW} for n in (1, 2) for name in ("A", "B")]
        )
        connection.execute(
            insert(segment),
            [
                {"id": 1, "name": "vip", "kind": "list", "tag": None, "condition": None, "created_at": NOW},
                {"id": 2, "name": "tagged", "kind": "tag", "tag": "C", "condition": None, "created_at": NOW},
                {"id": 3, "name": "lost", "kind": "condition", "tag": None, "created_at": NOW,
                 "condition": {"op": "in_segment", "segment": "gone"}},
            ],
        )  # fmt: skip
        connection.execute(insert(membership), [{"segment": 1, "contact": n, "at": NOW} for n in (1, 3)])
        connection.execute(
            insert(library_template).values(
                name="news", content={"channel": "sms", "text": "Hi {{ contact.nam }}"}, updated_at=NOW
            )
        )
        document = {"nodes": {"a": {"config": {"segment": ["vip", {"or": "lost"}]}}}}

        world = world_of(connection, document, now=NOW)

    assert world.segments == {"lost": None, "tagged": None, "vip": 2}
    assert world.tags == {"A", "B", "C"}
    assert world.templates["news"].text == "Hi {{ contact.nam }}"
    assert world.channels == {"email", "sms", "push"}
    assert world.accounts["sandbox-sms"] == "sms"
    problems = world.template_problems("Hi {{ contact.emial }}", "text", world.variables)
    assert [code for code, _ in problems] == ["unknown_variable"]
    assert world.template_variables("{{ coupon.code }} {{ event.x|default('') }}", "text") == {"coupon.code"}
    assert world.template_variables("{{", "line") == frozenset()


# ------------------------------------------------------------------------------------------------ random splits


ARMS = [{"port": "a"}, {"port": "b"}]


def split(name: str, key: str | None = None, limit: str = "7 days") -> dict[str, Any]:
    """A document with one random split, called "half"."""
    document = draw(
        "in:campaign -> half:random_split -> out:exit\nhalf -b-> out", half={"arms": ARMS, "key": key}
    )
    return {**document, "name": name, "settings": {"limit": limit}}


def arms_of(published: Published) -> list[str]:
    """The ways that the first hundred contacts take."""
    operation = published.plan.nodes["half"].operation
    assert isinstance(operation, Draw)
    return [arm_of(operation, contact) for contact in range(100)]


def test_two_journeys_draw_alike_by_a_common_key_alone(house: Database) -> None:
    """Splits of one id in two journeys draw anew; a key joins them; versions of a journey keep everybody's arm."""
    one, other = (publish_document(house, split(name), now=NOW, who="test") for name in ("One", "Other"))
    assert arms_of(one) != arms_of(other)

    again = publish_document(house, split("One"), now=NOW, who="test")
    newer = publish_document(house, split("One", limit="9 days"), now=NOW, who="test")
    assert (again.number, newer.number) == (1, 2)
    assert arms_of(newer) == arms_of(one)

    keyed = [publish_document(house, split(name, "half"), now=NOW, who="test") for name in ("One", "Other")]
    assert arms_of(keyed[0]) == arms_of(keyed[1])


def test_a_plan_that_draws_by_its_node_alone_goes_on_so(house: Database) -> None:
    """A journey that was published when splits drew by their node keeps its arms, in that plan and in the next."""
    one = publish_document(house, split("One"), now=NOW, who="test")
    nodes = one.plan.nodes
    drawn = nodes["half"].operation
    assert isinstance(drawn, Draw)
    operation = drawn.model_copy(update={"salt": "half"})
    early = one.plan.model_copy(
        update={"nodes": {**nodes, "half": nodes["half"].model_copy(update={"operation": operation})}}
    )
    with house.write() as connection:
        connection.execute(update(plan).values(body=early.canonical, digest=early.digest))

    again = publish_document(house, split("One"), now=NOW, who="test")
    newer = publish_document(house, split("One", limit="9 days"), now=NOW, who="test")

    assert (again.id, again.plan.digest, newer.number) == (one.id, early.digest, 2)
    assert arms_of(newer) == [arm_of(operation, contact) for contact in range(100)]
