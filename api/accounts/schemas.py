"""Accounts, as they are asked for and answered."""

from typing import Annotated, Any

from pydantic import Field

from api.shapes import Shape

Rate = Annotated[float, Field(gt=0, le=100_000)]


class AccountOut(Shape):
    """A provider account. Nothing leaves by one that is stopped or broken."""

    name: str
    channel: str
    provider: str
    rate: float | None = Field(description="Messages a second over all workers; none: no bound.")
    stopped: bool = Field(description="Its kill switch.")
    broken: str | None = Field(
        description="The code of a fault that a person must mend, such as provider_auth."
    )
    words: str | None = Field(description="What that fault is, and the next step.")
    behaviour: dict[str, Any] = Field(description="How a sandbox account is told to fail.")


class AccountChange(Shape):
    """What to change of an account. What is not given stays."""

    rate: Rate | None = None
    stopped: bool | None = None
    repaired: bool = Field(default=False, description="True once the fault is mended: it may send again.")
    behaviour: dict[str, Any] | None = None
