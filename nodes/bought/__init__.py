"""State: whether the contact bought."""
