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
            "Return text, numbers, yes or no, lists and objects with text keys only."
        )
