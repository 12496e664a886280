"""How a command fails: what is wrong, and what to do, on stderr; without a trace where a person can mend it."""

import os

from rich.console import Console
from sqlalchemy.exc import SQLAlchemyError

from engine.store.failures import in_words

_errors = Console(stderr=True)


def tell(error: Exception) -> int:
    """Print an error's words, and give the exit code. WEND_TRACE=1 shows the trace for whoever mends Wend itself."""
    if os.environ.get("WEND_TRACE"):
        raise error
    words = in_words(error)
    if words is None and isinstance(error, SQLAlchemyError):
        raise error  # a bug, which a person cannot mend
    text = words or str(error).strip("'\"") or type(error).__name__
    _errors.print(f"[bold red]{type(error).__name__}[/]: ", end="")
    _errors.print(text, markup=False, highlight=False)
    return 1
