"""Which tests stay together where several processes share them."""

from __future__ import annotations

from pathlib import PurePosixPath

TOGETHER = {
    # Both mostly wait: one process has them, one tier after the other, while the others compute. Chaos is a crowd by
    # itself, beside which a page would load too slowly for a test that waits for it.
    "tests/browser": "stacks",
    "tests/chaos": "stacks",
    "tests/api/test_contract.py": "contract",
}
"""Folders and files whose tests share more than servers, and the name of their share."""


def share(nodeid: str) -> str:
    """The name of what goes to one process with this test; its own where it shares nothing but servers."""
    file = PurePosixPath(nodeid.partition("::")[0])
    return next((name for place, name in TOGETHER.items() if file.is_relative_to(place)), nodeid)
