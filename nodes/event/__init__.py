"""Trigger: the contact does something."""
