"""Temporal workflows and activities; the only room that knows Temporal."""
