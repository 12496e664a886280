"""Trigger: a program lets the contact in."""
