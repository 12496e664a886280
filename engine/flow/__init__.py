"""Journey documents, their checks and the plans compiled from them; pure."""
