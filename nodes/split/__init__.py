"""Control: part ways by conditions."""
