"""Control: wait for a date, a time of day, or a window."""
