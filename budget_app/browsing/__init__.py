"""Finding proposals, supporting and following them, comparing them, and taking them home."""
