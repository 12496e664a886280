"""Messages of the ledger: as they were sent, and why."""
