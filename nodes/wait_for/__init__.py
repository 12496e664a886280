"""State: the first of several events."""
