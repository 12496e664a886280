"""Act: send a push notification."""
