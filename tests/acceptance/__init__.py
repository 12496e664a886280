"""What a person sees, through public names only: given, after(days=2), expect."""
