"""The tables of the ballot box.

Every primary key begins with the round and no foreign key crosses rounds, so that rounds can be
partitioned over databases.
"""

from voting.models.ballots import Channel, Envelope, LayerPurpose, OpenedLayer
from voting.models.base import Base, UtcDateTime, values_of
from voting.models.log import (
    HandedAcceptance,
    LogCheckpoint,
    LogCosignature,
    LogEntry,
    LogHead,
    LogQueue,
    LogTile,
    ReceiptChecks,
)
from voting.models.polls import AmendedManifest, Box, Poll, PollState, PublicAct, Tally
from voting.models.voters import CanaryBallot, CastToken, Revocation, Voter, VoterKind

__all__ = [
    "AmendedManifest",
    "Base",
    "Box",
    "CanaryBallot",
    "CastToken",
    "Channel",
    "Envelope",
    "HandedAcceptance",
    "LayerPurpose",
    "LogCheckpoint",
    "LogCosignature",
    "LogEntry",
    "LogHead",
    "LogQueue",
    "LogTile",
    "OpenedLayer",
    "Poll",
    "PollState",
    "PublicAct",
    "ReceiptChecks",
    "Revocation",
    "Tally",
    "UtcDateTime",
    "Voter",
    "VoterKind",
    "values_of",
]
