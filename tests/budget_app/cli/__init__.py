"""The commands below `flask pb`."""
