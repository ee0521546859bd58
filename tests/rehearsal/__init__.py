"""A whole sealed round, from its set-up to its certification."""
