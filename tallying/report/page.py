"""The page: sections put through a template that escapes whatever comes from a file."""

from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from tallying.errors import TallyingError
from tallying.report import compared, money, record, represented, result
from tallying.report.blocks import Section
from tallying.report.subject import Subject

TEMPLATES = files(__package__) / "templates"


class MissingLibrary(TallyingError):
    """A library that only reports need is not installed."""


def library(name: str) -> Any:
    """A library of the extra `research`; raises `MissingLibrary`."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise MissingLibrary(f"Reports need {error.name}: pip install '.[research]'.") from error


def html(subject: Subject) -> bytes:
    """The report as one page of HTML: the same subject gives the same bytes."""
    for name in ("altair", "vl_convert"):
        library(name)
    text: str = _template().render(
        language=subject.language,
        heading=subject.heading,
        title=subject.gettext("Report on the count"),
        contents=subject.gettext("Contents"),
        lead=result.lead(subject),
        sections=sections(subject),
        style=(TEMPLATES / "report.css").read_text(encoding="utf8"),
    )
    return text.encode("utf8", "replace")


def sections(subject: Subject) -> list[Section]:
    """The sections of a report, in their order."""
    stable = subject.analysis.stability
    return [
        result.projects(subject),
        money.money(subject),
        represented.represented(subject),
        result.near(subject),
        compared.other_rules(subject),
        *([] if stable is None else [compared.stability(subject, stable)]),
        record.ties(subject),
        record.repairs(subject),
        record.rule(subject),
        record.check(subject),
    ]


@cache
def _template() -> Any:
    jinja2 = library("jinja2")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=False
    )
    return environment.from_string((TEMPLATES / "report.html").read_text(encoding="utf8"))
