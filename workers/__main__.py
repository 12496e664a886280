"""`python -m workers [--role all|lanes|live|bulk|relay]`: a worker process."""

import argparse
import asyncio
import logging

from engine.store.database import Database
from engine.store.settings import Settings
from workers.assembly import assemble
from workers.connection import connect, ensure_search_attributes
from workers.worker import ROLES, Size, run_worker


async def _main(role: str, size: Size) -> None:
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    client = await connect(settings)
    await ensure_search_attributes(client)
    runtime = await asyncio.to_thread(assemble, database)
    try:
        await run_worker(client, runtime, role, size)
    finally:
        database.close()


def main() -> None:
    """Read the command line, and work."""
    parser = argparse.ArgumentParser(prog="python -m workers", description="A Wend worker process.")
    parser.add_argument("--role", choices=ROLES, default="all", help="which part of the work it does")
    parser.add_argument("--live-legs", type=int, default=6, help="legs of the live lane at once")
    parser.add_argument("--bulk-legs", type=int, default=2, help="legs of the bulk lane at once")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    asyncio.run(_main(arguments.role, Size(arguments.live_legs, arguments.bulk_legs)))


if __name__ == "__main__":
    main()
