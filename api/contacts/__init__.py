"""Contacts: who they are, what is known of them, and files of them."""
