"""The figures of kill runs are kept run by run: an interruption loses none of those that ended."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import crash_page, crashes
from tests.crashes.checker import Findings
from tests.crashes.rehearsal import Result

CLEAN = Result({"cast before commit": 3, "database at cast after commit": 2}, 41, Findings(5_000))
BAD = Result({}, 0, Findings(4_999, ["code"], ["token", "other"], ["a gap"], untold=2))


def test_what_is_written_is_read_again_with_the_sum_of_all_runs(tmp_path: Path) -> None:
    page = tmp_path / "crashes.md"
    runs = [
        crash_page.Run.of(1, "1a2b3c4", "PostgreSQL", CLEAN, 61.4),
        crash_page.Run.of(2, "1a2b3c4+", "SQLite", BAD, 1_234.0),
    ]
    crash_page.write(page, runs)
    assert crash_page.read(page) == runs
    assert [run.clean for run in runs] == [True, False]
    assert "2 runs, 9,999 acknowledged ballots: 1 lost, 2 doubled, 3 otherwise wrong" in (
        page.read_text(encoding="utf8")
    )


def test_a_run_that_is_on_the_page_is_not_repeated_and_each_is_kept_as_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "crashes.md"
    first = crash_page.Run.of(1, "1a2b3c4", "PostgreSQL", CLEAN, 60)
    crash_page.write(page, [first, replace(first, number=2, acknowledged=300)])
    begun: list[int] = []

    def run(number: int, _casts: int) -> crash_page.Run:
        begun.append(number)
        if number == 3:
            raise KeyboardInterrupt
        return replace(first, number=number, retried=7)

    monkeypatch.setattr(crashes, "PAGE", page)
    monkeypatch.setattr(crashes, "_run", run)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        crashes.main(["--runs", "4", "--casts", "5000", "--write"])
    assert begun == [2, 3]
    assert [(kept.number, kept.retried) for kept in crash_page.read(page)] == [(1, 41), (2, 7)]
