"""Where the figures come from: the machine and the versions."""

import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from wend.stack.processes import temporal_program


def machine() -> dict[str, str]:
    """What a reader needs to compare figures: names and values, in the order in which they are shown."""
    program = subprocess.run([temporal_program(), "--version"], capture_output=True, text=True, check=True)
    load, _, _ = os.getloadavg()
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
        "server": program.stdout.strip().removeprefix("temporal version "),
        "sqlite": sqlite3.sqlite_version,
        "load before": f"{load:.2f}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
