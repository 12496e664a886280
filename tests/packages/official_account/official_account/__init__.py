"""Nodes for an official account on a chat service."""
