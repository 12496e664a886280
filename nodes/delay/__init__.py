"""Control: wait for a while."""
