"""The record of acts: who did what on what, and what of it the public log of a parliament tells."""
