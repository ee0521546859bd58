"""Who may do what in PostgreSQL: the web servers cannot write the log, nobody can change it.

Four group roles without a sign-in of their own; the accounts of an installation are members of
one each. Tables belong to an account of their own, which migrates and is used for nothing else: only an
owner could switch the log's triggers off.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import MetaData

from voting.destruction import ERASED
from voting.triggers import APPEND_ONLY

PREFIX = "pb"
ROLES = ("web", "sequencer", "worker", "reporting")
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
APPENDING = ("SELECT", "INSERT")
HANDED_IN = "handed_acceptance"
"""Append-only like the log, and written by whoever answers voters."""

WEB: Mapping[str, Sequence[str]] = {
    "envelope": APPENDING,
    "log_queue": APPENDING,
    "log_head": APPENDING,
    "poll": ("SELECT", "INSERT", "UPDATE"),
    "box": ("SELECT", "INSERT", "UPDATE"),
    "tally": ("SELECT", "INSERT", "UPDATE"),
    "cast_token": ("SELECT", "INSERT", "UPDATE"),
    "record": (*APPENDING, "UPDATE (opening)"),  # written once the row has its number
    "revocation": APPENDING,
    "public_act": APPENDING,
    "amended_manifest": APPENDING,
} | {table: APPENDING if table == HANDED_IN else ("SELECT",) for table in APPEND_ONLY}
"""What web servers may do where they may not do everything."""

SEQUENCER: Mapping[str, Sequence[str]] = {
    "poll": ("SELECT",),
    "log_queue": ("SELECT", "DELETE"),
    "log_head": ("SELECT", "UPDATE"),
} | {table: APPENDING for table in APPEND_ONLY if table != HANDED_IN}
"""What the sequencer may do; nothing anywhere else."""

WORKER: Mapping[str, Sequence[str]] = {table.__tablename__: ("DELETE",) for table in ERASED}
"""What the worker may do beside the work of web and sequencer: destroy what the law says must go."""

REPORTING = (
    "box",
    "count",
    "district",
    "log_checkpoint",
    "log_cosignature",
    "log_entry",
    "log_head",
    "log_tile",
    "parliament",
    "phase",
    "poll",
    "project",
    "round",
    "tally",
)
"""What reports may read: no table of people, voters, envelopes, proposals' authors or mail."""


def statements(metadata: MetaData, prefix: str = PREFIX) -> list[str]:
    """The SQL that makes the roles and gives each its rights, as often as it is run.

    The owner of the tables runs it after every migration, with the right to make roles the first
    time.
    """
    tables = sorted(metadata.tables)
    names = {role: f"{prefix}_{role}" for role in ROLES}
    rights: dict[str, Mapping[str, Sequence[str]]] = {
        names["web"]: {table: WEB.get(table, EVERYTHING) for table in tables},
        names["sequencer"]: SEQUENCER,
        names["worker"]: WORKER,
        names["reporting"]: dict.fromkeys(REPORTING, ("SELECT",)),
    }
    everybody = ", ".join(names.values())
    return [
        *(_role(name) for name in names.values()),
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {everybody}",
        f"GRANT USAGE ON SCHEMA public TO {everybody}",
        *(
            f"GRANT {', '.join(what)} ON {_quoted(table)} TO {name}"
            for name, by_table in rights.items()
            for table, what in sorted(by_table.items())
            if table in metadata.tables
        ),
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {names['web']}",
        f"GRANT {names['web']}, {names['sequencer']} TO {names['worker']}",
    ]


def _role(name: str) -> str:
    return (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name} NOLOGIN; END IF; END $$"
    )


def _quoted(table: str) -> str:
    return f'"{table}"'
