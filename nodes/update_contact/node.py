"""Write values into each contact's profile."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from engine.audience.contacts import update_batch
from engine.audience.profile import Profile, read_written
from engine.content.templates import TemplateProblem
from engine.journey.host import Outcome, Stuck
from engine.store.batch import Batch
from nodes.sdk import beside, declare, ui
from nodes.sdk.fields import Config
from nodes.sdk.texts import values_for

Plain = Annotated[Any, ui(widget="value", template=True)]


class UpdateContact(Config):
    """What is written: each field with its value, or with a template for it."""

    set: Annotated[dict[str, Plain], Field(min_length=1, max_length=50), ui(widget="map")]


NODE = declare(
    "update_contact",
    UpdateContact,
    effect="safe",
    changes="profile",
    ports=["done"],
    icon="user-pen",
    words=beside(__file__),
)


@NODE.batch
def _(batch: Batch, cfg: UpdateContact) -> list[Outcome]:
    stuck: dict[int, Outcome] = {}
    changes: dict[int, Profile] = {}
    columns = [(_bare(name), _values(batch, value)) for name, value in cfg.set.items()]
    for index, traveller in enumerate(batch.travellers):
        profile = _profile({name: values[index] for name, values in columns})
        if isinstance(profile, Profile):
            changes[traveller.strand] = profile
        else:
            stuck[traveller.strand] = profile
    outcomes = update_batch(batch, changes)
    return [stuck.get(t.strand, outcome) for t, outcome in zip(batch.travellers, outcomes, strict=True)]


def _bare(name: str) -> str:
    return name.removeprefix("contact.").removeprefix("attributes.")


def _values(batch: Batch, value: Any) -> list[Any]:
    """The value for each traveller: a text is a template, anything else is meant as it stands."""
    return [*values_for(batch, value)] if isinstance(value, str) else [value] * len(batch.travellers)


def _profile(values: Mapping[str, Any]) -> Profile | Stuck:
    problem = next((value for value in values.values() if isinstance(value, TemplateProblem)), None)
    if problem is not None:
        return Stuck(problem.cause)
    profile, problems = read_written(values)
    # The problem's own text quotes the value, which is the contact's.
    return Stuck(f"contact_value:{problems[0].field}") if problems else profile
