"""Control: again, a few times."""
