"""Trigger: a campaign sends its segment in."""
