"""Control: all ways at once."""
