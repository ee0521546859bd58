"""Mutation testing of the count: a fixed sample of small faults, each of which a test should notice."""
