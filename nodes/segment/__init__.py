"""Trigger: the contact comes into a segment, or leaves it."""
