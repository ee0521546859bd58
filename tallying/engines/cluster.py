"""The engine `dask`: the ballots stay in partitions on the workers of a cluster.

Each partition (row groups of a Parquet file, some four million characters of a Pabulib file) is
read and merged to distinct ballots by a worker, and kept there. Votes and scores of all projects
are sums of integers over the partitions: greedy and Borda need no more than these. Every other
rule, and the digest of the input in an outcome's bytes, need the distinct ballots themselves:
these are merged pairwise up a tree on the workers, sent here once, and counted by numpy in this
process. Sums of integers and merged ballots do not depend on the number of workers or on who is
done first, so neither do the bytes of an outcome.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from typing import Any

import dask
import distributed

from tallying import formats
from tallying.election import LARGEST_AMOUNT, Election
from tallying.engines.partitioned import PartitionedProfile
from tallying.engines.partitions import (
    Account,
    account_of,
    joined,
    partitions_of,
    read_partition,
    sums_of,
)
from tallying.errors import InvalidEngine
from tallying.formats import ElectionFile
from tallying.formats.election_file import PlainFile
from tallying.formats.part import Part
from tallying.formats.votes import Policy, repairs_of
from tallying.sparse import Integers, Rows
from tallying.utilities import Utility

PARTITIONS_A_WORKER = 4

_NO_PAGES = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""The scheduler has a web server in any case: it shows nothing, on a free port of this machine."""

Client: Any = distributed.Client
LocalCluster: Any = distributed.LocalCluster


@contextmanager
def connected(workers: int | None, scheduler: str | None) -> Iterator["DaskEngine"]:
    """An engine on a cluster that is there, or on processes of this machine that end with it."""
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=10)
        except (OSError, ValueError) as error:
            raise InvalidEngine(f"No scheduler answers at {scheduler}.") from error
        with client:
            yield DaskEngine(client)
        return
    with (
        dask.config.set({"distributed.scheduler.http.routes": []}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs=_NO_PAGES,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield DaskEngine(client)


class DaskEngine:
    """Keeps the ballots of files on the workers of a client's cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def read(self, path: Path, file: str | None = None) -> ElectionFile:
        """Read an election; raises `InvalidFile`. BLT and CSV files are read in this process."""
        name = file or path.name
        workers = len(self._client.scheduler_info()["workers"])
        found = partitions_of(path, name, max(1, workers) * PARTITIONS_A_WORKER)
        if found is None:
            return formats.read(path, name)
        tasks = self._client.scatter(list(found.partitions))
        parts = self._client.map(read_partition, tasks, pure=False)
        accounts: list[Account | None] = self._client.gather(
            self._client.map(account_of, parts, pure=False)
        )
        known = [account for account in accounts if account is not None]
        if len(known) < len(accounts) or sum(a.total for a in known) > LARGEST_AMOUNT:
            return formats.read(path, name)
        whole = Part()
        for account in known:
            whole.add_account(account.part)
        whole.touched[Policy.REPEATED_VOTER] += found.repeated(whole)
        election = found.head.election
        return PlainFile(
            file=name,
            meta=found.head.meta,
            election=election,
            profile=self._profile(election, known, parts),
            repairs=repairs_of(whole.touched),
            columns=found.head.columns,
            selected=found.head.selected,
        )

    def _profile(
        self, election: Election, accounts: list[Account], parts: list[Any]
    ) -> PartitionedProfile:
        def summed(utility: Utility) -> tuple[list[int], list[int]]:
            futures = self._client.map(
                sums_of, parts, election=election, utility=utility, pure=False
            )
            found: list[tuple[list[int], list[int]]] = self._client.gather(futures)
            return reduce(_added, found)

        def gather() -> tuple[Rows, Integers]:
            return _merged(self._client, parts)

        total = sum(account.total for account in accounts)
        blank = sum(account.blank for account in accounts)
        return PartitionedProfile.of(election, total, blank, gather, summed)


def _added(
    one: tuple[list[int], list[int]], other: tuple[list[int], list[int]]
) -> tuple[list[int], list[int]]:
    votes, points = (
        [a + b for a, b in zip(mine, theirs, strict=True)]
        for mine, theirs in zip(one, other, strict=True)
    )
    return votes, points


def _merged(client: Any, parts: list[Any]) -> tuple[Rows, Integers]:
    """The distinct ballots of all parts, merged pairwise on the workers."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        parts = [
            *(client.submit(joined, *pair, pure=False) for pair in pairs),
            *(parts[-1:] if len(parts) % 2 else []),
        ]
    whole: Part = parts[0].result()
    return whole.rows, whole.weights
