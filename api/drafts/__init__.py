"""Drafts drawn by several people at once: saved by place, followed live, with who is there."""
