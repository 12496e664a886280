"""Control: where parallel paths meet."""
