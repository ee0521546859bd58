"""What the documents name is there: other documents, their headings, files, and commands."""

import re
from pathlib import Path
from pkgutil import iter_modules

from budget_app import create_app
from budget_app.cli import pb
from budget_app.settings import Settings
from tallying import commands

ROOT = Path(__file__).parent.parent
PLACES = (".", "docs", "docs/decisions", "docs/formats", "docs/guide", "docs/operations")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
FILE = re.compile(r"`((?:tallying|voting|budget_app|tests|tools|docs|benchmarks)/[\w./-]*)`")
OF_THE_WEB = re.compile(r"flask pb ([a-z][a-z-]+)")
OF_THE_COUNT = re.compile(r"(?:^|`)tallying ([a-z]+)", re.MULTILINE)
OF_MAKE = re.compile(r"(?:^|`)make ([a-z]+)", re.MULTILINE)

Named = tuple[str, str]


def documents() -> dict[Path, str]:
    """The present ones; `CHANGELOG.md` also tells of what is gone."""
    paths = [path for place in PLACES for path in sorted((ROOT / place).glob("*.md"))]
    return {path: path.read_text(encoding="utf8") for path in paths if path.stem != "CHANGELOG"}


def named(pattern: re.Pattern[str]) -> set[Named]:
    """Each document with what it names."""
    return {
        (path.relative_to(ROOT).as_posix(), name)
        for path, text in documents().items()
        for name in pattern.findall(text)
    }


def unknown(pattern: re.Pattern[str], known: set[str]) -> set[Named]:
    found = named(pattern)
    assert found
    return {(document, name) for document, name in found if name not in known}


def anchors(text: str) -> set[str]:
    """As pages on the web name the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_somewhere() -> None:
    known = documents()
    broken = []
    for path, text in known.items():
        for target, anchor in LINK.findall(text):
            leads_to = (path.parent / target).resolve() if target else path
            if not leads_to.exists() or (anchor and anchor not in anchors(known[leads_to])):
                broken.append((path.name, target, anchor))
    assert broken == []


def test_every_file_of_the_code_that_is_named_is_there() -> None:
    assert [found for found in named(FILE) if not (ROOT / found[1]).exists()] == []


def test_every_command_that_is_named_can_be_run(tmp_path: Path) -> None:
    create_app(Settings(instance_path=tmp_path, log_level="ERROR"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    assert unknown(OF_THE_WEB, set(pb.commands)) == set()
    assert unknown(OF_THE_COUNT, {found.name for found in iter_modules(commands.__path__)}) == set()
    assert unknown(OF_MAKE, set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))) == set()
