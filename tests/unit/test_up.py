"""`wend up`: when it opens the browser."""

from __future__ import annotations

import pytest

from wend.command.up import has_screen


@pytest.mark.parametrize(
    ("env", "platform", "seen"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "1"}, "darwin", False),
        ({"DISPLAY": ":0", "CI": "true"}, "linux", False),
    ],
)
def test_the_browser_opens_where_somebody_sees_it(env: dict[str, str], platform: str, seen: bool) -> None:
    """A page is opened where there is a screen, and never on a server, over SSH or in CI."""
    assert has_screen(env, platform) is seen
