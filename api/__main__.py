"""`python -m api`: serve, on this machine alone."""

import argparse
import socket
import sys

import uvicorn

from api.app import make_app
from api.errors import NotLoopback
from api.guard import check_address
from engine.store.database import Database
from engine.store.failures import in_words
from engine.store.migrate import require_newest
from engine.store.settings import Settings

_PATIENCE_SECONDS = 10


class _Server(uvicorn.Server):
    """Ends the streams before it waits for the answers under way: a stream has no end of its own."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.config.app.state.house.streams.close()  # type: ignore[union-attr]  # uvicorn types any application
        await super().shutdown(sockets)


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop. 2 for an address that is not loopback, 1 for a database on which it cannot work."""
    parser = argparse.ArgumentParser(prog="python -m api", description="Serve Wend's API on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1, ::1 or localhost")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args(arguments)
    try:
        host = check_address(chosen.host)
    except NotLoopback as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    try:
        database = Database(Settings.from_environment().database_url)
        require_newest(database)
    except Exception as error:
        words = in_words(error)
        if words is None:
            raise
        sys.stderr.write(f"{words}\n")
        return 1
    try:
        # The lines of an access log would hold what people searched for.
        config = uvicorn.Config(
            make_app(database), host=host, port=chosen.port, access_log=False, log_level="warning",
            server_header=False, date_header=False, proxy_headers=False,
            timeout_graceful_shutdown=_PATIENCE_SECONDS,
        )  # fmt: skip
        _Server(config).run()
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
