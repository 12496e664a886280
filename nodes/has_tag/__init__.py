"""State: whether the contact has a tag."""
