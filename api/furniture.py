"""What the tour brings along: five people with what they did before, and a journey that waits to be published."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

DAY_SECONDS = 20.0
SPEED = 86_400 / DAY_SECONDS
SEGMENT = "The five of the tour"
MARIO, LUCIA = "mario", "lucia"
EMAIL, REMINDER, COUPON_SMS = "email", "reminder", "sms"
"""Nodes of the journey at which a step of the tour happens."""
_DAY_MS = 86_400_000

PRODUCTS = {
    "TOY-01": ("TheToy mini robot", 80.0),
    "TOY-02": ("Robot arm kit", 50.0),
    "PUZ-01": ("Wood puzzle", 20.0),
    "COF-01": ("Espresso machine", 200.0),
    "COF-02": ("Coffee grinder", 60.0),
    "OFF-01": ("Office chair", 150.0),
}
_OFFER = 0.9


@dataclass(frozen=True)
class Person:
    """One of the five. `viewed` are products and how often they were looked at; `bought` those that were bought."""

    key: str
    name: str
    story: str
    said: dict[str, str]
    push_token: str | None = None
    viewed: dict[str, int] = field(default_factory=dict)
    bought: dict[str, int] = field(default_factory=dict)
    """Product and how many days ago."""

    @property
    def attributes(self) -> dict[str, Any]:
        """What has no column of its own: the device, and what interests them with its price now."""
        interests = [
            {
                "sku": sku,
                "name": PRODUCTS[sku][0],
                "price": f"€{PRODUCTS[sku][1]:.2f}",
                "offer": f"€{PRODUCTS[sku][1] * _OFFER:.2f}",
            }
            for sku in sorted(self.viewed, key=lambda sku: -self.viewed[sku])
            if sku not in self.bought
        ]
        token = {"push_token": self.push_token} if self.push_token else {}
        return token | ({"interests": interests} if interests else {})

    def past(self, now: int) -> list[tuple[str, int, str, dict[str, Any]]]:
        """What they did before: (name, instant, a key, properties)."""
        events: list[tuple[str, int, str, dict[str, Any]]] = []
        for sku, times in self.viewed.items():
            for number in range(times):
                at = now - (len(self.viewed) + number + 1) * _DAY_MS
                events.append(
                    ("Product Viewed", at, f"{self.key}-viewed-{sku}-{number}", {"product_id": sku})
                )
        for sku, days in self.bought.items():
            order = {
                "order_id": f"tour-{self.key}-{sku}",
                "channel": "online",
                "product_id": sku,
                "total": PRODUCTS[sku][1],
            }
            events.append(("Order Completed", now - days * _DAY_MS, f"{self.key}-bought-{sku}", order))
        return events


def _said(
    key: str, *, email: bool = True, phone: str | None = None, first: str = "", last: str = ""
) -> dict[str, str]:
    said = {"external_id": key, "timezone": "Europe/Rome", "locale": "it-IT"}
    said |= {"email": f"{key}@example.com"} if email else {}
    said |= {"phone": phone} if phone else {}
    return said | ({"first_name": first, "last_name": last} if first else {})


PEOPLE = (
    Person(
        MARIO, "Mario", "Looked at TheToy three times and at the robot arm once. You are going to be Mario.",
        _said(MARIO, phone="+39 320 000 0001", first="Mario", last="Rossi"), "P1", {"TOY-01": 3, "TOY-02": 1},
    ),
    Person(
        LUCIA, "Lucia", "Likes coffee machines. She will not open her email.",
        _said(LUCIA, phone="+39 320 000 0002", first="Lucia", last="Bianchi"), None, {"COF-01": 2, "COF-02": 1},
    ),
    Person(
        "paolo", "Paolo", "Has a phone and no email, so that the offer comes by SMS at once.",
        _said("paolo", email=False, phone="+39 320 000 0003", first="Paolo", last="Verdi"), None, {"TOY-01": 1},
        {"TOY-02": 11},
    ),
    Person(
        "sara", "Sara", "Has an email and no phone number.",
        _said("sara", first="Sara", last="Conti"), "P4", {"TOY-01": 2},
    ),
    Person("nico", "Nico", "Nothing is known of him but an email.", _said("nico")),
)  # fmt: skip


@cache
def _text() -> str:
    return (Path(__file__).parent / "furniture.json").read_text(encoding="utf-8")


def journey() -> dict[str, Any]:
    """The tour's journey as a document."""
    document: dict[str, Any] = json.loads(_text())
    return document
