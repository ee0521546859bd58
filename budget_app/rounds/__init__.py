"""Rounds: from the announcement to the count."""
