"""Tables, transactions, ids, the clock and the migrations."""
