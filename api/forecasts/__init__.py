"""What becomes of a crowd that goes through a journey."""
