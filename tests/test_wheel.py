"""What `pip install .` copies: everything that the application reads, wherever it starts."""

import shutil
import subprocess
import sys
from gettext import GNUTranslations
from pathlib import Path

import pytest

HOME = Path(__file__).parents[1]
NEEDED = ("budget_app", "voting", "tallying", "templates", "translations", "migrations")
FILES = ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
DATA = ("py.typed", "static", "templates", "migrations", "demonstration/content")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as a wheel holds them, made from a copy without compiled translations."""
    copy = tmp_path_factory.mktemp("wheel")
    left_out = shutil.ignore_patterns("*.mo", "__pycache__")
    for name in NEEDED:
        shutil.copytree(HOME / name, copy / name, symlinks=True, ignore=left_out)
    for name in FILES:
        shutil.copy(HOME / name, copy)
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", "built"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return copy / "built"


@pytest.mark.parametrize("part", DATA)
def test_every_file_of_the_application_is_installed(built: Path, part: str) -> None:
    installed = built / "budget_app"
    assert _files(HOME / "budget_app" / part, HOME / "budget_app") <= _files(installed, installed)


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
@pytest.mark.parametrize(
    ("package", "domain", "text"),
    [("budget_app", "messages", "Choose a parliament"), ("tallying", "tallying", "more votes")],
)
def test_every_language_is_installed_ready_to_be_read(
    built: Path, package: str, domain: str, text: str, language: str
) -> None:
    catalog = built / package / "translations" / language / "LC_MESSAGES" / f"{domain}.mo"
    with catalog.open("rb") as file:
        assert GNUTranslations(file).gettext(text) != text


def _files(folder: Path, base: Path) -> set[Path]:
    found = [folder] if folder.is_file() else folder.rglob("*")
    return {p.relative_to(base) for p in found if p.is_file() and "__pycache__" not in p.parts}
