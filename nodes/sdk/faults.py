"""Mistakes in the code of a node, each with what to change."""

from collections.abc import Iterable


class DefinitionError(Exception):
    """The node is declared in a way that cannot be published. Raised when its module is imported."""


class UndeclaredPort(Exception):
    """The node left by a port that it does not have."""

    def __init__(self, node: str, port: object, known: Iterable[str]) -> None:
        super().__init__(node, port)
        self.node = node
        self.port = port
        self.known = tuple(known)

    def __str__(self) -> str:
        shown = f'"{self.port}"' if isinstance(self.port, str) else f"a {type(self.port).__name__}"
        known = ", ".join(self.known) or "none"
        return (
            f'The node "{self.node}" answered {shown}, which is none of its ports ({known}). '
            "Return one of these, or declare the port in its decorator."
        )


class UndeclaredSecret(Exception):
    """The node reads a secret that its manifest does not mention."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return (
            f'The secret "{self.name}" is not declared. '
            f'Write uses=["{self.name}"] in the decorator, or mark the field that names it with ui(widget="secret").'
        )


class ValuesNotJson(Exception):
    """The values of a Result cannot be stored."""

    def __init__(self, node: str, why: str) -> None:
        super().__init__(node, why)
        self.node = node
        self.why = why

    def __str__(self) -> str:
        return (
            f'The values that the node "{self.node}" gave cannot be written as JSON ({self.why}). '
            "Return text, numbers of at most 64 bits, yes or no, lists and objects with text keys only, and no text with a NUL "
            "or half a character."
        )


class PauseUnfit(Exception):
    """TryAgain asks for a pause that cannot be kept."""

    def __init__(self, node: str, why: str) -> None:
        super().__init__(node, why)
        self.node = node
        self.why = why

    def __str__(self) -> str:
        return (
            f'The node "{self.node}" asked for a pause that cannot be kept ({self.why}). '
            'Give TryAgain a number of seconds or a duration such as "5 minutes", ten years at most.'
        )


class UpgradeFailed(Exception):
    """A function that brings an older config to a newer version does not work for this config."""

    def __init__(self, node: str, from_version: int, why: str) -> None:
        super().__init__(node, from_version, why)
        self.node = node
        self.from_version = from_version
        self.why = why

    def __str__(self) -> str:
        return (
            f'The node "{self.node}" cannot bring a config of version {self.from_version} to the next one ({self.why}). '
            "Mend its upgrade function, start the workers again, and replay."
        )
