"""Act: send an SMS."""
