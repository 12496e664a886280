"""State: whether the contact is in a segment."""
