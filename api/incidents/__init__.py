"""Incidents: parked enrolments, grouped by why they are."""
