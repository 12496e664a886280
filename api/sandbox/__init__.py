"""The sandbox: what its mailbox, phone and device received, and what their owner does with it."""
