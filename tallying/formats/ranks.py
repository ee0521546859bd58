"""What is done with ranked ballots as only BLT files and spreadsheets hold them."""

from enum import StrEnum


class RankPolicy(StrEnum):
    """Named repairs of ranks, besides those of `votes.Policy`."""

    WITHDRAWN_CANDIDATE = "withdrawn_candidate"
    """A candidate withdrew: the mention is dropped, and later ranks move up."""
    SKIPPED_RANK = "skipped_rank"
    """A rank is left empty: later ranks move up."""
