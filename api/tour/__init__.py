"""The tour: an installation furnished so that a newcomer can be Mario, with a day that lasts 20 seconds."""
