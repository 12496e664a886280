"""The shapes of health."""

from typing import Literal

from pydantic import Field

from api.shapes import Shape

State = Literal["well", "ailing"]


class Health(Shape):
    """How the installation is. `ailing`: contacts do not move on, though nothing is lost."""

    state: State
    version: str
    database: Literal["sqlite", "postgresql"]
    temporal: Literal["reachable", "away"] = Field(description="As of the relay's last sign of life.")
    relay_seen_seconds: float | None = Field(
        description="How long ago the relay gave its last sign of life; null if it never did."
    )
    relay_lag_seconds: float = Field(description="For how long the oldest cohort has waited to be started.")
    waiting: int = Field(description="How many enrolments wait to be set moving, counted up to 10,000.")
