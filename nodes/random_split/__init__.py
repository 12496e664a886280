"""Control: part ways by chance."""
