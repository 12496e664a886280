"""Control: end here."""
