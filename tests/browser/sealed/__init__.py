"""Votes in sealed rounds, in a real browser."""
