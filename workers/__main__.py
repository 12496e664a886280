"""`python -m workers [--role live,bulk,relay]`: a worker process."""

import argparse
import asyncio
import gc
import logging
import sys

from engine.store.database import Database
from engine.store.failures import in_words
from engine.store.migrate import require_newest
from engine.store.settings import Settings
from workers.assembly import assemble
from workers.connection import NoTemporal, connect, ensure_search_attributes
from workers.logs import Discreet
from workers.worker import ALL, RelayEnded, Size, run_worker


async def _main(roles: frozenset[str], size: Size) -> None:
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    await asyncio.to_thread(require_newest, database)
    client = await connect(settings)
    await ensure_search_attributes(client)
    runtime = await asyncio.to_thread(assemble, database)
    # A leg makes hundreds of thousands of objects, nearly all without cycles: to look through the whole process for
    # garbage every 700 of them takes an eighth of its time. What is old is looked at, too: workflows that were put away go in cycles.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    try:
        await run_worker(client, runtime, roles, size)
    finally:
        database.close()


def _roles(text: str) -> frozenset[str]:
    roles = ALL if text == "all" else frozenset(part.strip() for part in text.split(","))
    if not roles <= ALL:
        raise argparse.ArgumentTypeError(
            f"There is no role {', '.join(sorted(roles - ALL))}. Use live, bulk, relay or all."
        )
    return roles


def main() -> int:
    """Read the command line, and work. 1 for what a person can mend: it is told in a sentence."""
    parser = argparse.ArgumentParser(prog="python -m workers", description="A Wend worker process.")
    parser.add_argument(
        "--role",
        type=_roles,
        default=ALL,
        help="which parts of the work it does: live, bulk, relay, with commas; or all",
    )
    parser.add_argument("--live-legs", type=int, default=6, help="legs of the live lane at once")
    parser.add_argument("--bulk-legs", type=int, default=2, help="legs of the bulk lane at once")
    arguments = parser.parse_args()
    log = logging.StreamHandler()
    log.setFormatter(Discreet("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[log])
    try:
        asyncio.run(_main(arguments.role, Size(arguments.live_legs, arguments.bulk_legs)))
    except RelayEnded as ended:
        logging.getLogger("wend.worker").critical("%s", ended, exc_info=ended.__cause__)
        return 1
    except Exception as error:
        words = str(error) if isinstance(error, NoTemporal) else in_words(error)
        if words is None:
            raise
        sys.stderr.write(f"{words}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
