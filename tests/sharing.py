"""Which tests stay together where several processes share them."""

from __future__ import annotations

from pathlib import PurePosixPath

TOGETHER = ("tests/browser", "tests/chaos", "tests/api/test_contract.py")
"""Folders and files whose tests share a stack. Browser and chaos mostly wait, so that others run beside them."""


def share(nodeid: str) -> str:
    """The name of what goes to one process with this test; by itself where it shares nothing but servers."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return next((place for place in TOGETHER if file.is_relative_to(place)), nodeid)
