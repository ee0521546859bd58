"""What holds for the whole suite: in CI nothing that matters may be left out."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.folders import use_memory
from tests.quicker import (
    collect_seldom,
    remember_addresses,
    remember_statements,
    remember_templates,
)
from tests.stores import (
    database_url,
    postgresql_database,
    postgresql_databases,
    sqlite_template,
    store,
)

__all__ = [
    "database_url",
    "postgresql_database",
    "postgresql_databases",
    "sqlite_template",
    "store",
]

# A test may be slow on a busy machine without being wrong.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")

use_memory()
remember_addresses()
remember_templates()
remember_statements()
collect_seldom()

NEEDED = ("browser", "elections", "postgres")
LONG = {"browser", "elections", "timeout"}
"""Marks of tests that take long."""
ONE_STORE = "of the other database"
"""How the reason of a skip ends when a test is about one database alone."""


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Leave PostgreSQL out where a test says so."""
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    if marks & {"one_store", "both_stores"} == {"one_store"} and (
        "database_url" in metafunc.fixturenames
    ):
        alone = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
        metafunc.definition.add_marker(alone)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long ones, or at the end one worker is left alone with them."""
    items.sort(key=lambda item: LONG.isdisjoint(mark.name for mark in item.iter_markers()))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end; nobody needs to search it for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where `CI` is set, a skipped test of PostgreSQL, browser or real elections has failed."""
    report = yield
    needed = any(item.get_closest_marker(name) for name in NEEDED)
    if report.skipped and needed and os.environ.get("CI") and ONE_STORE not in str(report.longrepr):
        report.outcome = "failed"
        report.longrepr = f"Left out, which CI does not allow: {report.longrepr}"
    return report
