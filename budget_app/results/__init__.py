"""What was counted, why, and how it is shown."""
