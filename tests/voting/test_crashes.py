"""Processes die while people vote: nobody's answered ballot is lost, and none is there twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.crashes.checker import examine
from tests.crashes.fail_points import BOOTH, SEQUENCER
from tests.crashes.rehearsal import Plan, Result, rehearse
from tests.postgres import SETTINGS, Cluster
from tests.stores import create_schema, own_cluster
from tests.voting.factories import ROUND, Vote


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of these tests' own, with the schema in its database `schema`."""
    with own_cluster() as cluster:
        make_database(cluster, "schema")
        create_schema(cluster.url("schema"))
        yield cluster


def make_database(cluster: Cluster, name: str, template: str = "template1") -> str:
    engine = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return cluster.url(name)


def test_nothing_is_lost_or_doubled_when_booth_and_sequencer_die_at_every_point(
    database_url: str, tmp_path: Path
) -> None:
    plan = Plan(dict.fromkeys(BOOTH, 40), dict.fromkeys(SEQUENCER, 2), booths_at=frozenset({100}))
    result = rehearse(database_url, tmp_path, plan, casts=200)
    assert result.findings.clean, result.findings
    assert result.findings.acknowledged >= 200
    assert result.findings.untold == 0
    assert {*BOOTH, *SEQUENCER} <= set(result.kills)
    assert result.retried > 0


def rehearse_a_restart(cluster: Cluster, name: str, folder: Path, *, weak: bool) -> Result:
    """The database is killed after two thirds of the ballots, and started again.

    What a killed server had written, the system still has, and its WAL writer writes each page that
    is full. So it stands still: what is written then is what commits write themselves.
    """

    def restart() -> None:
        cluster.kill()
        cluster.start(SETTINGS)

    url = make_database(cluster, name, "schema")
    cluster.suspend_wal_writer()
    return rehearse(url, folder, Plan(at={200: restart}, weak=weak), casts=300)


@pytest.mark.postgres
def test_nothing_is_lost_or_doubled_when_the_database_is_killed(
    cluster: Cluster, tmp_path: Path
) -> None:
    result = rehearse_a_restart(cluster, "durable", tmp_path, weak=False)
    assert result.findings.clean, result.findings
    assert result.findings.acknowledged >= 300
    assert result.findings.untold == 0
    assert result.retried > 0


@pytest.mark.postgres
def test_the_same_look_finds_what_commits_that_are_not_durable_lose(
    cluster: Cluster, tmp_path: Path
) -> None:
    result = rehearse_a_restart(cluster, "weak", tmp_path, weak=True)
    assert len(result.findings.lost) > 0


def test_the_look_finds_answers_without_ballots_and_ballots_without_answers(
    open_vote: Vote, voters: list[str]
) -> None:
    accepted = [open_vote.cast(voter, "a").code for voter in (voters[0], voters[1], voters[1])]
    open_vote.drain()
    told = {"first": {accepted[0]}, "second": {accepted[1], accepted[2]}, "third": {accepted[0]}}
    with open_vote.store.sessions() as session:
        found = examine(session, ROUND, told | {"fourth": {"0000-0000-0000-0000"}}, {3: b"fork"})
        assert examine(session, ROUND, {}).untold == 3
    assert found.lost == ["0000-0000-0000-0000"]
    assert found.doubled == [accepted[0], "second"]
    assert found.broken == ["the log does not extend the checkpoint of 3 entries"]
