"""Trigger: a date of the contact's."""
