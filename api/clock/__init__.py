"""The installation's clock: what time it is in business time, and how fast that goes."""
