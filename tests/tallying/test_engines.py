from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tallying import engines
from tallying.cli import main
from tallying.election import BallotStyle
from tallying.engines import Engine, NumpyEngine
from tallying.engines.partitioned import PartitionedProfile
from tallying.engines.partitions import partitions_of
from tallying.errors import InvalidEngine, InvalidFile
from tallying.formats import pabulib, parquet, rows
from tallying.formats.election_file import ElectionFile, PlainFile
from tallying.profile import Profile
from tallying.rules import RuleConfig, count
from tests.tallying.factories import election

VOTERS = 2000
COSTS = {"a": 30, "b": 20, "c": 20, "d": 45, "ż": 10}


@pytest.fixture(scope="module")
def dask() -> Iterator[Engine]:
    with engines.opened("dask", workers=2) as engine:
        yield engine


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The same kind of election in several partitions: Pabulib and Parquet, three styles."""
    monkeypatch.setattr(rows, "_BLOCK", 4000)
    monkeypatch.setattr(parquet, "TOGETHER", 10)
    return [
        path
        for style in (BallotStyle.APPROVAL, BallotStyle.POINTS, BallotStyle.RANKED)
        for path in written(tmp_path, style)
    ]


def written(folder: Path, style: BallotStyle) -> list[Path]:
    """Ballots of which some need a repair, and some voters stand there twice."""
    random = np.random.RandomState(5)
    kind = {"approval": "approval", "points": "cumulative", "ranked": "ordinal"}[style]
    lines = ["META", "key;value", "budget;70", f"vote_type;{kind}", "max_length;3"]
    lines += ["PROJECTS", "project_id;cost", *(f"{name};{cost}" for name, cost in COSTS.items())]
    lines += ["VOTES", "voter_id;vote;points"]
    for voter in range(VOTERS):
        names = random.choice([*COSTS, "nobody"], random.randint(0, 5)).tolist()
        numbers = random.randint(0, 4, len(names)).tolist()
        lines.append(f"{voter % 1990};{','.join(names)};{','.join(map(str, numbers))}")
    text = folder / f"{style}.pb"
    text.write_text("\n".join(lines), encoding="utf8")
    columns = folder / f"{style}.parquet"
    parquet.write(columns, pabulib.read(text))
    return [text, columns]


def outcome_of(file: ElectionFile, rule: str) -> bytes:
    config = RuleConfig(rule, ties=("lots",))
    lots = sorted(file.election.index)
    return count(file.election, file.profile, config, lots=lots, repairs=file.repairs).to_bytes()


def test_an_outcome_has_the_same_bytes_on_every_engine(paths: list[Path], dask: Engine) -> None:
    for path in paths:
        expected, found = NumpyEngine().read(path), dask.read(path)
        assert expected.profile.total == VOTERS
        partitions = partitions_of(path, path.name, 8)
        assert partitions is not None
        assert len(partitions.partitions) > 3
        assert (found.repairs, found.meta) == (expected.repairs, expected.meta)
        for rule in ("greedy", "equal-shares"):
            assert outcome_of(found, rule) == outcome_of(expected, rule)


def test_votes_are_summed_where_the_ballots_are(paths: list[Path], dask: Engine) -> None:
    file = dask.read(paths[0])
    config = RuleConfig("greedy", ties=("lots",))
    outcome = count(file.election, file.profile, config, lots=sorted(file.election.index))
    assert outcome.funded
    assert "rows" not in vars(file.profile)


def test_an_error_in_any_partition_is_told_as_by_numpy(paths: list[Path], dask: Engine) -> None:
    path = paths[0]
    path.write_text(path.read_text(encoding="utf8") + "\n;a;\n1;a;\n;b;", encoding="utf8")
    with pytest.raises(InvalidFile) as expected:
        NumpyEngine().read(path)
    with pytest.raises(InvalidFile) as found:
        dask.read(path)
    assert str(found.value) == str(expected.value)


def test_the_command_counts_on_a_cluster(
    paths: list[Path], dask: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = dask._client.scheduler.address  # type: ignore[attr-defined]
    for name, options in (("x", []), ("y", ["--engine", "dask", "--scheduler", address])):
        out = ["--rule", "greedy", "--ties", "lots", "--lots", "a,b,c,d,ż"]
        file = str(tmp_path / name)
        assert main(["run", str(paths[1]), *out, "--json", file, *options]) == 0
    assert (tmp_path / "x").read_bytes() == (tmp_path / "y").read_bytes()
    capsys.readouterr()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--workers", "2"], "of the engine dask"),
        (["--engine", "dask", "--workers", "0"], "at least one worker"),
        (["--engine", "dask", "--scheduler", "nonsense"], "No scheduler answers at nonsense"),
    ],
)
def test_what_no_engine_can_do_is_one_sentence(
    options: list[str], message: str, paths: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(paths[0]), "--rule", "greedy", *options]) == 2
    assert message in capsys.readouterr().err


def test_an_engine_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidEngine, match="Unknown engine: abacus"), engines.opened("abacus"):
        pass


def test_a_profile_in_parts_is_a_profile_once_it_is_gathered() -> None:
    plain = Profile.from_counts(election(COSTS, 70), [(["a", "b"], 2), ([], 1)])
    parted = PartitionedProfile.of(
        plain.election, 3, 1, lambda: (plain.rows, plain.weights), lambda _: ([9] * 5, [9] * 5)
    )
    source = PlainFile("x", {}, plain.election, parted)
    assert parquet.encode(source) == parquet.encode(PlainFile("x", {}, plain.election, plain))
    assert parted.reweighted(parted.weights * 2).pairs() == [[["a", "b"], 4], [[], 2]]
