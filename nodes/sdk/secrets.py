"""`ctx.secrets`: keys of other services, from the environment of the worker, never from a config or a table."""

import os
import re
from collections.abc import Callable, Iterable, Mapping

from nodes.sdk.answers import NeedsPerson
from nodes.sdk.faults import UndeclaredSecret

PREFIX = "WEND_SECRET_"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Secrets:
    """Secrets by name, which are read when they are asked for: `ctx.secrets["acme_token"]`.

    NeedsPerson when one is not set, so that everybody waiting for it is parked under one cause.
    """

    def __init__(
        self,
        allowed: Iterable[str],
        seen: Callable[[str], None],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._allowed = frozenset(name.lower() for name in allowed)
        self._seen = seen
        self._environment = os.environ if environment is None else environment

    def __getitem__(self, name: str) -> str:
        if name.lower() not in self._allowed:
            raise UndeclaredSecret(name)
        variable = variable_of(name)
        value = self._environment.get(variable, "")
        if not value:
            raise NeedsPerson(
                "secret_missing",
                f'The secret "{name}" is not set. '
                f"Set {variable} in the environment of the workers, start them again, and replay.",
            )
        self._seen(value)
        return value

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._allowed))})"


def is_secret_name(name: str) -> bool:
    """Whether a variable of the environment can have this name."""
    return _NAME.fullmatch(name) is not None


def variable_of(name: str) -> str:
    """The environment variable in which a secret is looked for. NeedsPerson for a name that no variable can have."""
    if not is_secret_name(name):
        raise NeedsPerson(
            "secret_name",
            f'"{name}" is not a name for a secret. Write letters, digits and underscores, and replay.',
        )
    return PREFIX + name.upper()
