"""Batch stands in `engine.store.batch`: content, audience and delivery take one too."""

from engine.store.batch import Batch, Claims, Person, Write

__all__ = ["Batch", "Claims", "Person", "Write"]
