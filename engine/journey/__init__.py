"""Travellers walking a plan: the leg runner, rests and the rehearsal; pure."""
