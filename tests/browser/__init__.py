"""The designer in a real browser, on the real stack."""
