"""Journeys: what a marketer owns, the plans published from it, campaigns, and the node types to draw with."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.store.columns import big, json, key, table_of


class Journey(SQLModel, table=True):
    """A journey. `state`: draft, running, paused, stopped. `plan` is the newest published one, which contacts enter.

    `sending` false is the kill switch: nobody's message is claimed while it is off.
    """

    __table_args__ = (
        CheckConstraint("state in ('draft', 'running', 'paused', 'stopped')", name="journey_state"),
    )

    id: int = key()
    name: str = Field(unique=True)
    state: str = "draft"
    sending: bool = True
    plan: int | None = big(nullable=True, default=None)
    created_at: int = big()


class Draft(SQLModel, table=True):
    """The mutable flowchart of a journey. `revision` rises with every change."""

    journey: int = big(primary_key=True)
    revision: int = 1
    document: dict[str, Any] = json(nullable=False)
    updated_at: int = big()


class DraftChange(SQLModel, table=True):
    """A change of a draft, as it was saved: the newest ones of each journey, so that others follow without reading it all.

    `revision` is the draft's after it. `key` is its author's own name for it, so that sending it twice is harmless.
    `patch` leads from the draft before to the draft after; `step` says in words what was done.
    """

    __tablename__ = "draft_change"
    __table_args__ = (
        Index(
            "draft_change_key", "journey", "key", unique=True,
            sqlite_where=text("key is not null"), postgresql_where=text("key is not null"),
        ),
    )  # fmt: skip

    journey: int = big(primary_key=True)
    revision: int = Field(primary_key=True)
    key: str | None = None
    tab: str = ""
    author: str = ""
    step: str = ""
    patch: list[Any] = json(nullable=False)
    at: int = big()


class Presence(SQLModel, table=True):
    """Somebody in a draft: one row for each window, which is gone when it was not heard of for a while (real time)."""

    journey: int = big(primary_key=True)
    tab: str = Field(primary_key=True)
    name: str
    colour: str
    node: str | None = None
    idle: bool = False
    seen_at: int = big()


class StoredPlan(SQLModel, table=True):
    """A published plan: never changed. `number` counts the versions of its journey; `document` is what was drawn."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("journey", "number"), UniqueConstraint("journey", "digest"))

    id: int = key()
    journey: int = big()
    number: int
    digest: str
    body: str
    document: dict[str, Any] = json(nullable=False)
    published_at: int = big()
    published_by: str = ""


class NodeType(SQLModel, table=True):
    """The node catalog: manifests that workers publish when they start."""

    __tablename__ = "node_type"

    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    digest: str
    package: str
    manifest: dict[str, Any] = json(nullable=False)
    published_at: int = big()


class LibraryTemplate(SQLModel, table=True):
    """A template that several journeys may name. Publishing pins its content in the plan."""

    __tablename__ = "library_template"

    name: str = Field(primary_key=True)
    content: dict[str, Any] = json(nullable=False)
    updated_at: int = big()


class LibraryPromotion(SQLModel, table=True):
    """A promotion that several journeys may name."""

    __tablename__ = "library_promotion"

    name: str = Field(primary_key=True)
    content: dict[str, Any] = json(nullable=False)
    updated_at: int = big()


class Campaign(SQLModel, table=True):
    """Binds a journey to a segment and a time.

    `state`: planned, running, paused, cancelled, done. `cursor` is the last contact taken; `entered` and `skipped` count,
    `refused` counts the skipped ones by reason; in a live campaign both are those of its present look at the segment.
    `mode`: snapshot (whoever is in the segment at the start) or live. `rate` is contacts a second, None for no bound.
    `schedule` is a cron expression: each firing opens a run, a campaign of its own that names this one as `parent`.
    `opened`: its workflow (or schedule) was started. `changed`: the workflow has yet to be told to look at this row.
    """

    __table_args__ = (
        Index("campaign_journey", "journey"),
        Index(
            "campaign_to_tell",
            "id",
            sqlite_where=text("not opened or changed"),
            postgresql_where=text("not opened or changed"),
        ),
    )

    id: int = key()
    journey: int = big()
    segment: int | None = big(nullable=True, default=None)
    name: str = ""
    mode: str = "snapshot"
    state: str = "planned"
    starts_at: int | None = big(nullable=True, default=None)
    schedule: str | None = None
    parent: int | None = big(nullable=True, default=None)
    firing: str | None = Field(default=None, unique=True)
    opened: bool = False
    changed: bool = False
    rate: float | None = None
    cursor: int = big(default=0)
    total: int | None = None
    entered: int = 0
    skipped: int = 0
    refused: dict[str, Any] = json(
        nullable=False, default_factory=dict, sa_column_kwargs={"server_default": "{}"}
    )
    created_at: int = big()
    finished_at: int | None = big(nullable=True, default=None)


journey = table_of(Journey)
draft = table_of(Draft)
draft_change = table_of(DraftChange)
presence = table_of(Presence)
plan = table_of(StoredPlan)
node_type = table_of(NodeType)
library_template = table_of(LibraryTemplate)
library_promotion = table_of(LibraryPromotion)
campaign = table_of(Campaign)
