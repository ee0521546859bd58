"""What citizens submit, and what the review makes of it."""
