"""What every command prints with: words of ours, data of others, and never the one taken for the other.

Names, ids and texts come from files and from people. Nothing in a text is read as markup; colours are given beside it.
"""

from typing import Any

from rich.console import Console
from rich.text import Text

_TABOO = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"
}
"""Control characters could move the cursor or rewrite what was printed before."""


class Screen(Console):
    """A console that shows texts as they are, in tables and beside spinners too."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **how: Any) -> Text:
        """A text, without what a terminal would obey."""
        return super().render_str(text.translate(_TABOO), **how)

    def say(self, *parts: str | tuple[str, str]) -> None:
        """Print a line of texts; a pair is a text and its style: say("It ", ("failed", "red")). A long line stays one, so that
        what stands in it can be copied."""
        self.print(styled(*parts), soft_wrap=True)


def styled(*parts: str | tuple[str, str]) -> Text:
    """Texts in one line, a pair being a text and its style."""
    plain = ((part, "") if isinstance(part, str) else part for part in parts)
    return Text.assemble(*((text.translate(_TABOO), style) for text, style in plain))


console = Screen()
