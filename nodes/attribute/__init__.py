"""State: what one field of the contact says."""
