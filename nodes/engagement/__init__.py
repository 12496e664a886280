"""State: what the contact did with a message."""
