"""Act: send an email."""
