"""`python -m nodes.check [PACKAGE] [--record]`."""

import argparse
import sys
from collections.abc import Sequence

from nodes.check.packages import BUILTIN, check_package, record_package


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is found, one line each; the exit code is 1 if there is anything."""
    parser = argparse.ArgumentParser(prog="python -m nodes.check", description="Check a package of nodes.")
    parser.add_argument(
        "package", nargs="?", default=BUILTIN, help="import name or folder; the built-in nodes"
    )
    parser.add_argument("--record", action="store_true", help="write down what is published now")
    options = parser.parse_args(arguments)
    findings = check_package(options.package)
    for finding in findings:
        sys.stdout.write(f"{finding}\n")
    if findings:
        return 1
    if options.record:
        sys.stdout.write(f"Recorded {record_package(options.package)} nodes.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
