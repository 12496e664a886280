"""Figures: what a row of the table says, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached: a bound on the value, or on the ratio to the baseline."""

    of: Literal["value", "ratio"]
    sign: Literal["<=", ">="]
    bound: float

    def holds(self, value: float, ratio: float | None) -> bool:
        """Whether it is reached. A ratio that was not measured reaches nothing."""
        measured = value if self.of == "value" else ratio
        if measured is None:
            return False
        return measured <= self.bound if self.sign == "<=" else measured >= self.bound

    def __str__(self) -> str:
        return f"{self.of} {self.sign} {self.bound:,g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: a value and its unit, the baseline measured beside it in the same unit, their ratio, the targets.

    `note` says how much was measured, and how far the measurements lie apart.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    targets: tuple[Target, ...] = ()
    note: str = ""

    @property
    def target(self) -> str | None:
        """The targets in words; None where there is none."""
        return " and ".join(map(str, self.targets)) or None

    @property
    def holds(self) -> bool | None:
        """Whether every target is reached; None where there is none."""
        if not self.targets:
            return None
        return all(target.holds(self.value, self.ratio) for target in self.targets)

    def to_json(self) -> dict[str, object]:
        """Plain values, as `--json` prints them."""
        return {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "baseline": None if self.baseline is None else rounded(self.baseline),
            "ratio": None if self.ratio is None else rounded(self.ratio),
            "target": self.target,
            "holds": self.holds,
            "note": self.note,
        }


def rounded(number: float) -> float:
    """Four significant digits: more would claim a precision that no measurement here has."""
    return float(f"{number:.4g}")


def shown(number: float | None) -> str:
    """A number for the table."""
    if number is None:
        return ""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def percentile(sample: Sequence[float], percent: int) -> float:
    """The `percent`-th percentile (1 to 99) of at least two measurements."""
    return quantiles(sample, n=100, method="inclusive")[percent - 1]
