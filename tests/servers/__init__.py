"""Real servers for tests: PostgreSQL and Temporal from installed packages, in temporary folders, on 127.0.0.1."""
