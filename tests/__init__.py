"""Tests of Wend, one folder a tier: unit, store, temporal, api, acceptance, chaos."""
