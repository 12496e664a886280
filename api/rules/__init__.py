"""Rules outside all journeys: an event that tags its contact."""
