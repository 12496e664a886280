"""Journeys: drafts, plans, numbers, and what a person may do to one."""
