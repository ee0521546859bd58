"""A counted round, built once, and copied for each test that alters it; both verifiers."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from tallying.evidence.bundle import Bundle
from tallying.evidence.trust import Trust
from tallying.evidence.verify import Report, verify
from tests.tallying.evidence import second
from tests.tallying.evidence.synthetic import Case

Verify = Callable[..., Report]


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A round as it should be; not to be altered."""
    return Case().build(tmp_path_factory.mktemp("honest"))


@pytest.fixture
def case(honest: Case) -> Case:
    """The same round, to be altered."""
    copy = Case(keys=honest.keys)
    copy.manifest = deepcopy(honest.manifest)
    copy.files, copy.entries = dict(honest.files), deepcopy(honest.entries)
    return copy


@pytest.fixture
def check_first(honest: Case) -> Verify:
    """Verify a file with the keys of the honest round, as `tallying verify` does."""

    def run(path: Path, *, trusting: bool = True) -> Report:
        trust = Trust.parse(honest.keys.trust, "trust") if trusting else None
        with Bundle.open(path) as bundle:
            return verify(bundle, trust)

    return run


@pytest.fixture(params=["tallying", "pbverify"])
def check(request: pytest.FixtureRequest, honest: Case, check_first: Verify) -> Verify:
    """The same by either program: what is asked of the one is asked of the other."""
    if request.param == "tallying":
        return check_first

    def run(path: Path, *, trusting: bool = True) -> Report:
        return second.verify(path, honest.keys.trust if trusting else None)

    return run
