"""The protocol's transactions, from entering a journey to leaving it."""
