"""Altering an archive behind its index's back, and asking which checks refuse a report."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from tallying.evidence.verify import Report, Status


def alter(source: Path, target: Path, changes: Mapping[str, bytes | None]) -> Path:
    """Copy an archive with other contents; None leaves a file out."""
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return pack(target, {**files, **changes})


def pack(target: Path, files: Mapping[str, bytes | None]) -> Path:
    """Write an archive of any names and contents."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            if content is not None:
                archive.writestr(name, content)
    return target


def failed(report: Report) -> set[str]:
    """The ids of the checks that failed."""
    return {item.id for item in report.findings if item.status is Status.FAIL}


def detail(report: Report, check_id: str) -> str:
    """What one check says."""
    return next(item.detail for item in report.findings if item.id == check_id)
