"""What a round promises and how that stands, what people said and what was done, and short surveys."""
