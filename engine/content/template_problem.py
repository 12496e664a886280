"""What is wrong with a template, or with rendering it for one contact."""

from __future__ import annotations


class TemplateProblem(Exception):
    """One problem, for the person who wrote the template.

    `code` is stable and machine-readable, `message` says what is wrong and what to do, `line` is the line
    of the template (1 is the first; None when no line is to blame), `variable` the dotted name it is about.
    """

    def __init__(self, code: str, message: str, line: int | None = None, variable: str | None = None) -> None:
        super().__init__(code, message, line, variable)
        self.code = code
        self.message = message
        self.line = line
        self.variable = variable

    def __str__(self) -> str:
        return self.message if self.line is None else f"Line {self.line}: {self.message}"

    @property
    def cause(self) -> str:
        """Why somebody is parked for it. No message of a problem quotes a value, so that none of a contact's is in it."""
        return f"template:{self.code}: {self}"

    def at_line(self, line: int | None) -> TemplateProblem:
        """The same problem with its line, unless it has one already; without a traceback, so that a kept
        problem keeps no contact's data alive."""
        placed = self.line if self.line is not None else line
        return TemplateProblem(self.code, self.message, placed, self.variable)
