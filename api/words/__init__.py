"""Words to write with: what conditions and templates may name, and a template as it would arrive."""
