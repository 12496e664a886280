"""Act: write into the contact's profile."""
