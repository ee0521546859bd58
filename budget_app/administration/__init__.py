"""The participation office's desk, the record of acts, and the mail that leaves."""
