"""`python -m api`: serve, on this machine alone."""

import argparse
import sys

import uvicorn

from api.app import make_app
from api.errors import NotLoopback
from api.guard import check_address
from engine.store.database import Database
from engine.store.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop. 2 for an address that is not loopback."""
    parser = argparse.ArgumentParser(prog="python -m api", description="Serve Wend's API on this machine.")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1, ::1 or localhost")
    parser.add_argument("--port", type=int, default=8000)
    chosen = parser.parse_args(arguments)
    try:
        host = check_address(chosen.host)
    except NotLoopback as refused:
        sys.stderr.write(f"{refused}\n")
        return 2
    database = Database(Settings.from_environment().database_url)
    try:
        # The lines of an access log would hold what people searched for.
        uvicorn.run(
            make_app(database), host=host, port=chosen.port, access_log=False, log_level="warning",
            server_header=False, date_header=False, proxy_headers=False,
        )  # fmt: skip
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
