"""How a command fails: what is wrong, and what to do, on stderr; without a trace where a person can mend it."""

import os

from sqlalchemy.exc import SQLAlchemyError

from engine.store.failures import in_words
from wend.command.screen import Screen

_errors = Screen(stderr=True)


def tell(error: Exception) -> int:
    """Print an error's words, and give the exit code. WEND_TRACE=1 shows the trace for whoever mends Wend itself."""
    if os.environ.get("WEND_TRACE"):
        raise error
    words = in_words(error)
    if words is None and isinstance(error, SQLAlchemyError):
        raise error  # a bug, which a person cannot mend
    said = error.args[0] if isinstance(error, KeyError) and error.args else error
    text = words or str(said) or type(error).__name__
    _errors.say((type(error).__name__, "bold red"), f": {text}")
    return 1
