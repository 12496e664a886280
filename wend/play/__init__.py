"""`wend play`: a journey, a file of contacts, a seeded crowd; everything real but the providers."""
