"""The ledger, the send protocol, provider ports and provider accounts."""
