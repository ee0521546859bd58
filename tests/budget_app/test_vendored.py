"""The modules of others that seal ballots: exactly those, from exactly those packages."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import budget_app

STATIC = Path(budget_app.__file__).parent / "static"
VENDORED = STATIC / "vendor" / "hpke"
IMPORTED = re.compile(r"""^(?:import|export)\b.*\bfrom "([^"]+)";$""", re.MULTILINE)


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((VENDORED / "manifest.json").read_bytes())
    return content


def imported(module: Path) -> set[Path]:
    """The modules that one module names."""
    found = IMPORTED.findall(module.read_text(encoding="utf8"))
    assert all(name.startswith(".") for name in found), f"{module} names a package."
    return {(module.parent / name).resolve() for name in found}


def reached(module: Path) -> set[Path]:
    """A module, and every module that is loaded with it."""
    seen: set[Path] = set()
    waiting = {module.resolve()}
    while waiting:
        now = waiting.pop()
        seen.add(now)
        waiting |= imported(now) - seen
    return seen


def test_every_vendored_module_has_the_bytes_that_the_manifest_names(
    manifest: dict[str, Any],
) -> None:
    digests = {
        str(path.relative_to(VENDORED)): sha256(path.read_bytes()).hexdigest()
        for path in VENDORED.rglob("*.js")
    }
    assert digests == {name: entry["sha256"] for name, entry in manifest["modules"].items()}


def test_every_vendored_package_is_pinned_and_brings_its_licence(manifest: dict[str, Any]) -> None:
    for name, package in manifest["packages"].items():
        folder = VENDORED / f"{name.rpartition('/')[2]}-{package['version']}"
        assert "MIT" in (folder / "LICENSE").read_text(encoding="utf8")
        assert package["integrity"].startswith("sha512-")
    assert len(list(VENDORED.iterdir())) == len(manifest["packages"]) + 1


def test_no_module_is_vendored_that_sealing_does_not_load() -> None:
    vendored = {path.resolve() for path in VENDORED.rglob("*.js")}
    assert vendored == reached(STATIC / "js" / "seal.js") - {(STATIC / "js" / "seal.js").resolve()}


def test_the_page_can_ask_for_all_modules_at_once(manifest: dict[str, Any]) -> None:
    script = (STATIC / "js" / "seal-modules.js").read_text(encoding="utf8")
    listed = re.findall(r'^  "\.\./vendor/hpke/(.+)",$', script, re.MULTILINE)
    assert listed == sorted(manifest["modules"])


def test_a_module_differs_from_its_package_only_when_it_names_another_one(
    manifest: dict[str, Any],
) -> None:
    for name, entry in manifest["modules"].items():
        beyond = any(
            path.relative_to(VENDORED.resolve()).parts[0] != name.split("/")[0]
            for path in imported(VENDORED / name)
        )
        assert (entry["sha256"] != entry["sha256_in_package"]) == beyond, name
