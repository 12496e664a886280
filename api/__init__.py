"""The HTTP server; the only room that knows HTTP serving."""
