"""Contacts, identities, events, tags, consent and segments."""
