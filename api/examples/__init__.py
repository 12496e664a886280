"""The example journeys: read from the files that Wend comes with."""
