"""The node kit, the registry and one folder for each node and provider."""
