"""The library: templates and promotions that several journeys may name."""
