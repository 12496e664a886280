"""Enrolments: where each contact stands in a journey, and how they came there."""
