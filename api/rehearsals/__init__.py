"""Rehearsals: a contact goes through a journey, and nothing is sent."""
