"""Act: call another program."""
