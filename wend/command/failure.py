"""How a command fails: what is wrong, and what to do, on stderr; without a trace where a person can mend it."""

import os

from rich.console import Console

_errors = Console(stderr=True)


def tell(error: Exception) -> int:
    """Print an error's words, and give the exit code. WEND_TRACE=1 shows the trace for whoever mends Wend itself."""
    if os.environ.get("WEND_TRACE"):
        raise error
    text = str(error).strip("'\"") or type(error).__name__
    _errors.print(f"[bold red]{type(error).__name__}[/]: ", end="")
    _errors.print(text, markup=False, highlight=False)
    return 1
