"""The ballot box: the verbs that pages and commands call.

Every function works in the caller's transaction, which must be a writing one
(`voting.database.transaction`), and leaves the commit to the caller.
"""

from voting.amendments import amend
from voting.casting import Acceptance, CastRequest, cast, cast_many, issue_token, issue_tokens
from voting.changes import extend, withdraw
from voting.destruction import destroy
from voting.lifecycle import (
    Officials,
    close_round,
    commit_boxes,
    open_round,
    record_incident,
    record_seed,
    seal,
)
from voting.polls import sealed_manifest
from voting.revocation import revoke

__all__ = [
    "Acceptance",
    "CastRequest",
    "Officials",
    "amend",
    "cast",
    "cast_many",
    "close_round",
    "commit_boxes",
    "destroy",
    "extend",
    "issue_token",
    "issue_tokens",
    "open_round",
    "record_incident",
    "record_seed",
    "revoke",
    "seal",
    "sealed_manifest",
    "withdraw",
]
