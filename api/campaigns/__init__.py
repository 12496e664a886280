"""Campaigns: a segment enters a journey, at a time."""
