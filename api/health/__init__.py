"""Whether the installation works."""
