"""What a database's errors may say: never a contact's data; and, where a person can mend the cause, how.

SQLAlchemy hides parameters. PostgreSQL itself tells values, too: in an error's detail ("Key (email)=(...) already exists"),
its context, and in what it could not read. All of that is cut off before anybody sees the error.
"""

import errno

from sqlalchemy import ExceptionContext
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_SHAPES = "Set it to sqlite:///PATH or postgresql://USER@HOST/DATABASE."
IN_THE_WAY = frozenset({"23505", "40001", "40P01"})
"""PostgreSQL's codes for a row that two transactions inserted, a lost serialisation, and a deadlock."""
_LATER, _AWAY_CLASSES = frozenset({"55P03"}), frozenset({"08", "40", "53", "57"})
"""PostgreSQL's code for a lock that was not had in time, and its classes of errors that pass: no connection, another transaction in
the way, out of resources, an operator at work."""
_OUT_OF = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM})
_UNREADABLE_VALUE = "22"
"""PostgreSQL's class of errors whose first line, too, quotes a value."""


class BadDatabaseUrl(ValueError):
    """WEND_DATABASE_URL is not the address of a database. Set it to sqlite:///PATH or postgresql://USER@HOST/DATABASE."""


class WrongTables(RuntimeError):
    """The database's tables are not those that this Wend works on. Run `wend migrate`, or install the other version."""


def checked_url(url: str) -> None:
    """BadDatabaseUrl for what is no address of SQLite or PostgreSQL. The address is not repeated: it may hold a password."""
    try:
        kind = make_url(url).get_backend_name()
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl(f"WEND_DATABASE_URL is not the address of a database. {_SHAPES}") from None
    if kind not in ("sqlite", "postgresql"):
        raise BadDatabaseUrl(f"WEND_DATABASE_URL names a database that Wend does not know. {_SHAPES}")


def hide_data(context: ExceptionContext) -> None:
    """Cut what the driver says of values off an error, and off its cause, which a trace shows, too."""
    error = context.original_exception
    if not type(error).__module__.startswith("psycopg"):
        return
    code = getattr(error, "sqlstate", None)
    says = (str(error).splitlines() or [""])[0]
    known = code is not None and not code.startswith(_UNREADABLE_VALUE)
    lost = code is None and isinstance(context.sqlalchemy_exception, OperationalError | InterfaceError)
    text = says if known or lost else "the database could not take a value"
    error.args = (f"{text} ({code})" if code else text,)
    told = context.sqlalchemy_exception
    if told is not None:
        kind = type(error)
        told.args = (f"({kind.__module__}.{kind.__name__}) {error.args[0]}",)


def will_pass(error: BaseException) -> bool:
    """Whether an error comes of the moment, and of nobody's data or code: the database is away, another transaction was in the
    way, the machine has run out of something. Tried again, the same work may go well."""
    if isinstance(error, OSError):
        return error.errno in _OUT_OF
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(state, str):
        return state in IN_THE_WAY or state in _LATER or state[:2] in _AWAY_CLASSES
    if isinstance(error, MemoryError | PoolTimeout | OperationalError | InterfaceError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated


def in_words(error: BaseException) -> str | None:
    """What a person can do who meets this error at the start of a process; None for one of another kind."""
    if isinstance(error, BadDatabaseUrl | WrongTables):
        return str(error)
    if isinstance(error, PoolTimeout):
        return "The database does not answer. See whether it is overloaded, then try again."
    if isinstance(error, NoSuchModuleError):
        return f"WEND_DATABASE_URL names a driver that is not there. {_SHAPES}"
    if not isinstance(error, DBAPIError) or not isinstance(error, OperationalError | InterfaceError):
        return None
    says = (str(error.orig).splitlines() or [""])[0]
    if type(error.orig).__module__.startswith("sqlite3"):
        return f"The database file cannot be used ({says}). See whether its folder is there, may be written, and has room."
    return f"The database cannot be reached ({says}). Start it, or correct WEND_DATABASE_URL, then try again."
