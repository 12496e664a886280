"""Act: put a tag on each contact."""
