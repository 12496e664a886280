"""Control: what the journey is for."""
