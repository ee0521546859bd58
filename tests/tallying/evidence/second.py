"""The second verifier, loaded from its file as a stranger to this code, and what both say."""

import importlib.util
import sys
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

from tallying.evidence.verify import Finding, Report, Status, Verdict


def _load() -> ModuleType:
    path = resources.files("tallying.evidence.standalone") / "pbverify.py"
    spec = importlib.util.spec_from_file_location("pbverify", str(path))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pbverify"] = module
    spec.loader.exec_module(module)
    return module


pbverify: Any = _load()


def verify(path: Path, trust: str | None = None, **options: Any) -> Report:
    """What `pbverify.py` says of a bundle, as a report of the first verifier; raises `Unsafe`."""
    policy = None if trust is None else pbverify.Policy(trust, "trust")
    evidence = pbverify.Evidence(pbverify.Archive(str(path)), policy, **options)
    verdict, findings = pbverify.verify(evidence)
    report = Report(
        tuple(
            Finding(f.id, pbverify.CHECKS[f.id][0], Status(f.status), f.detail, f.expected)
            for f in findings
        ),
        trusted=trust is not None,
    )
    assert report.verdict == Verdict(verdict)
    return report


def agree(path: Path, first: Report, trust: str | None = None) -> Report:
    """The first verifier's report, once the second has come to the same.

    Only V19, which the second cannot make, may differ.
    """
    other = verify(path, trust)
    reports = [
        {item.id: (item.status, item.expected) for item in report.findings if item.id != "V19"}
        for report in (first, other)
    ]
    differing = [check for check, found in reports[0].items() if reports[1][check] != found]
    assert differing == [], [item for item in other.findings if item.id in differing]
    return first
