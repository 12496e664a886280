"""Workflow code: one file a workflow; runs in the sandbox and never reaches the node registry."""
