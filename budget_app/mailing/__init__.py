"""The mail that leaves: rows that are written with the act that causes them, and sent afterwards."""
