"""Wend's engine: journeys as data, the people on them, and the transactions that move them."""
