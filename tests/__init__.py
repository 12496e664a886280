"""Tests of Wend, one folder a tier: unit, loopback, store, temporal, api, acceptance, chaos."""
