"""Provider accounts: their rate, their kill switch, and what keeps them from sending."""
