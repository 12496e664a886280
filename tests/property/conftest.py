"""The property tier, like the unit tier, does no I/O over a network."""

from tests.unit.conftest import no_network

__all__ = ["no_network"]
