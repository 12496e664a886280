"""The front door: the command line and the process that starts the rest."""
