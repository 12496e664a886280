"""Everything on one machine: the local Temporal server, the database's folder, the processes."""
