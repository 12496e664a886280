"""The workflows: short, legible, deterministic. They know ids and times; activities know the rest."""
