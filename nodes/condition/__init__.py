"""State: any condition on the contact."""
