"""`python -m tests.bench [--only ROW] [--json]`: measure, and print a table; see docs/benchmarks.md."""

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.bench.canvas import measure_canvas
from tests.bench.compile import measure_compile
from tests.bench.coupon import measure_actions, measure_coupon, measure_history
from tests.bench.figure import Figure, shown
from tests.bench.growth import measure_growth
from tests.bench.ingest import measure_ingest
from tests.bench.latency import measure_latency
from tests.bench.load import measure_bundle, measure_first_paint
from tests.bench.machine import machine
from tests.bench.memory import measure_memory
from tests.bench.overlay import measure_overlay
from tests.bench.rehearsal import measure_rehearsal
from tests.bench.rows import Bench, Measure, Sizes

ROWS: dict[str, Measure] = {
    "coupon": measure_coupon,
    "actions": measure_actions,
    "history": measure_history,
    "growth": measure_growth,
    "latency": measure_latency,
    "ingest": measure_ingest,
    "compile": measure_compile,
    "rehearsal": measure_rehearsal,
    "memory": measure_memory,
    "canvas": measure_canvas,
    "overlay": measure_overlay,
    "bundle": measure_bundle,
    "first_paint": measure_first_paint,
}
_HOLDS = {True: "[green]yes[/]", False: "[red]no[/]", None: ""}
_progress = Console(stderr=True)


def main() -> int:
    """Measure the rows that are asked for. The exit code is 1 if one could not be measured, whatever the figures are."""
    given = _arguments()
    sizes = Sizes(given.contacts, given.per_contact, given.crowd, given.people, given.enrolments, given.bulk)
    about = machine()
    _progress.print("  ".join(f"[bold]{name}[/] {value}" for name, value in about.items()), highlight=False)
    bench = Bench(sizes, _say)
    found: list[Figure] = []
    failed: dict[str, str] = {}
    try:
        for name in given.only or ROWS:
            try:
                figures = ROWS[name](bench)
            except Exception as error:
                _progress.print_exception()
                failed[name] = f"{type(error).__name__}: {error}"
                figures = []
            found += figures
            if given.json:
                _print_lines(name, figures, failed.get(name))
    finally:
        bench.close()
    if not given.json:
        _print_table(about, found, failed)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure Wend.")
    usual = Sizes()
    parser.add_argument("--only", choices=ROWS, action="append", help="measure this row (may be repeated)")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--contacts", type=int, default=usual.contacts, help="of the coupon campaign")
    parser.add_argument("--per-contact", type=int, default=usual.per_contact, help="contacts of the baseline")
    parser.add_argument(
        "--crowd", type=int, default=usual.crowd, help="of the campaign beside which latency is measured"
    )
    parser.add_argument(
        "--people", type=int, default=usual.people, help="contacts of ingest's larger database"
    )
    parser.add_argument("--enrolments", type=int, default=usual.enrolments, help="that the memory row moves")
    parser.add_argument(
        "--bulk",
        type=int,
        default=usual.bulk,
        help="worker processes of the bulk lane; 0: one for everything",
    )
    return parser.parse_args()


def _say(what: str) -> None:
    _progress.print(f"[dim]{what}[/]", highlight=False)


def _print_lines(name: str, figures: Sequence[Figure], error: str | None) -> None:
    lines = [figure.to_json() for figure in figures]
    if error is not None:
        nothing = dict.fromkeys(("value", "unit", "baseline", "ratio", "target", "holds"))
        lines = [{"name": name, **nothing, "error": error}]
    for line in lines:
        sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _print_table(about: dict[str, str], figures: Sequence[Figure], failed: dict[str, str]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print("  ".join(f"{name} {value}" for name, value in about.items()), highlight=False)
    table = Table("figure", "value", "unit", "baseline", "ratio", "target", "holds", "measured how")
    for one in figures:
        table.add_row(
            one.name, shown(one.value), one.unit, shown(one.baseline), shown(one.ratio), one.target or "",
            _HOLDS[one.holds], one.note,
        )  # fmt: skip
    for name, error in failed.items():
        table.add_row(name, "[red]failed[/]", "", "", "", "", "", error)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
