"""`wend up`: when it opens the browser, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from wend.command.up import has_screen, tell_addresses
from wend.stack.folder import Folder


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


@pytest.mark.parametrize("address", [None, "cloud.example.com:7233"])
def test_the_address_of_temporal_is_one_that_exists(
    address: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page of the server that was started here, or else the server that the environment names."""
    monkeypatch.delenv("WEND_TEMPORAL_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("WEND_TEMPORAL_ADDRESS", address)
    folder = Folder(tmp_path)
    addresses = folder.addresses()

    tell_addresses(folder, addresses)

    said = capsys.readouterr().out
    assert (f"http://127.0.0.1:{addresses.temporal_ui}" in said) is (address is None)
    assert ("cloud.example.com:7233" in said) is (address is not None)
