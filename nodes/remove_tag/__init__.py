"""Act: take a tag from each contact."""
