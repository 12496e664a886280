"""The unit tier does no I/O over a network: a connection is an error."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import NoReturn

import pytest


@pytest.fixture(autouse=True, scope="module")
def no_network() -> Iterator[None]:
    """Refuse every connection while a module of this tier runs."""

    def refuse(*_arguments: object) -> NoReturn:
        raise AssertionError("A unit test opened a connection. Move it to tests/loopback/ or a later tier.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        yield
