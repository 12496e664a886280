"""Segments: sets of contacts."""
