"""The node catalog: what there is to draw with."""
