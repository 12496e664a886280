"""Trigger: the contact gets a tag, or loses it."""
