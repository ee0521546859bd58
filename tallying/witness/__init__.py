"""A witness of public logs: it cosigns what extends what it cosigned before, and nothing else."""
