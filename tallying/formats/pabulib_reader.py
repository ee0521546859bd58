"""Read a Pabulib file: nothing is guessed, and every error names its line and field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from tallying.election import BallotStyle, Election, Limits, Project
from tallying.errors import InvalidElection, InvalidFile
from tallying.formats.amounts import decimals, parse_amount, parse_whole
from tallying.formats.pabulib_file import PabulibFile
from tallying.formats.rows import Row, Section, read_text, sections, value
from tallying.formats.votes import read_votes

STYLES = {
    "approval": BallotStyle.APPROVAL,
    "choose-1": BallotStyle.APPROVAL,
    "ordinal": BallotStyle.RANKED,
    "cumulative": BallotStyle.POINTS,
    "scoring": BallotStyle.SCORE,
}
"""What the file's `vote_type` is called here."""


def read(source: Path | str | bytes, file: str | None = None) -> PabulibFile:
    """Read a file by its path, or the text or bytes of one; raises `InvalidFile`.

    `file` is the name that errors give it.
    """
    return _Reader(*read_text(source, file)).read()


def read_head(path: Path, file: str) -> "Head":
    """Read all but the ballots of a file; raises `InvalidFile`."""
    return _Reader(*read_text(path, file)).head()


@dataclass(frozen=True)
class Head:
    """What a file says besides its ballots, as `PabulibFile` says it; `section` holds these."""

    file: str
    meta: Mapping[str, str]
    election: Election
    columns: Mapping[str, Mapping[str, str]]
    selected: Mapping[str, int] | None
    section: Section


@dataclass
class _Reader:
    text: str
    file: str
    meta: dict[str, str] = field(default_factory=dict)
    meta_lines: dict[str, int] = field(default_factory=dict)

    def read(self) -> PabulibFile:
        head = self.head()
        votes = read_votes(head.section, head.election)
        return PabulibFile(self.file, self.meta, head.election, votes, head.columns, head.selected)

    def head(self) -> "Head":
        parts = sections(self.text, self.file)
        self._read_meta(parts["META"])
        style = self._style()
        columns, costs = self._read_projects(parts["PROJECTS"])
        election = self._election(style, columns, costs)
        selected = self._selected(parts["PROJECTS"], columns)
        return Head(self.file, self.meta, election, columns, selected, parts["VOTES"])

    def _fail(self, line: int | None, name: str, message: str) -> InvalidFile:
        return InvalidFile(self.file, line, name, message)

    def _read_meta(self, section: Section) -> None:
        for row in section.rows:
            name = row.fields[0].strip().lower()
            said = ";".join(row.fields[1:]).strip().rstrip(";").strip()
            text = "" if said.lower() == "none" else said
            if self.meta.get(name, text) != text:
                above = f"line {self.meta_lines[name]} says {self.meta[name] or 'none'}"
                message = f"it stands here a second time as {text or 'none'}, and {above}"
                raise self._fail(row.line, name, message)
            self.meta[name] = text
            self.meta_lines[name] = row.line

    def _style(self) -> BallotStyle:
        vote_type = self.meta.get("vote_type", "").lower()
        if vote_type not in STYLES:
            known = ", ".join(STYLES)
            message = f"{vote_type!r} is not one of {known}" if vote_type else "it is missing"
            raise self._fail(self.meta_lines.get("vote_type"), "vote_type", message)
        return STYLES[vote_type]

    def _read_projects(
        self, section: Section
    ) -> tuple[dict[str, dict[str, str]], dict[str, Fraction]]:
        for name in ("project_id", "cost"):
            if section.column(name) is None:
                raise self._fail(section.line + 1, name, "the column is missing in PROJECTS")
        columns: dict[str, dict[str, str]] = {}
        costs: dict[str, Fraction] = {}
        for row in section.rows:
            fields = {name: value(row, place) for place, name in enumerate(section.header)}
            project = self._project_id(row, fields["project_id"], columns)
            columns[project] = fields
            costs[project] = self._amount(row.line, "cost", fields["cost"])
        return columns, costs

    def _project_id(self, row: Row, name: str, known: Mapping[str, Any]) -> str:
        if not name:
            raise self._fail(row.line, "project_id", "the project has no id")
        if name in known:
            raise self._fail(row.line, "project_id", f"project {name} stands here a second time")
        if "," in name:
            raise self._fail(row.line, "project_id", f"the id {name} holds a comma")
        return name

    def _amount(self, line: int | None, name: str, text: str) -> Fraction:
        if not text:
            raise self._fail(line, name, "it is missing")
        try:
            return parse_amount(text)
        except ValueError as error:
            raise self._fail(line, name, str(error)) from error

    def _election(
        self,
        style: BallotStyle,
        columns: Mapping[str, Mapping[str, str]],
        costs: Mapping[str, Fraction],
    ) -> Election:
        line = self.meta_lines.get("budget")
        budget = self._amount(line, "budget", self.meta.get("budget", ""))
        limits = self._limits(style)
        try:
            digits = decimals([budget, *costs.values()])
            scale = 10**digits
            return Election(
                projects=tuple(
                    _project(name, fields, int(costs[name] * scale))
                    for name, fields in columns.items()
                ),
                budget=int(budget * scale),
                style=style,
                limits=limits,
                currency=self.meta.get("currency", ""),
                minor_digits=digits,
            )
        except (InvalidElection, ValueError) as error:
            raise self._fail(None, "", str(error)) from error

    def _limits(self, style: BallotStyle) -> Limits:
        choose_one = self.meta.get("vote_type", "").lower() == "choose-1"
        points, graded = style is BallotStyle.POINTS, style.graded
        try:
            return Limits(
                min_length=self._whole("min_length") or 0,
                max_length=1 if choose_one else self._whole("max_length"),
                min_points=(self._whole("min_sum_points") or 0) if points else 0,
                max_points=self._whole("max_sum_points") if points else None,
                max_score=self._whole("max_points") if graded else None,
            )
        except InvalidElection as error:
            raise self._fail(self.meta_lines.get("min_length"), "min_length", str(error)) from error

    def _whole(self, name: str) -> int | None:
        """A number of META; None when it is absent or 0, which limits nothing."""
        text = self.meta.get(name, "")
        if not text:
            return None
        try:
            return parse_whole(text) or None
        except ValueError as error:
            raise self._fail(self.meta_lines[name], name, str(error)) from error

    def _selected(
        self, section: Section, columns: Mapping[str, Mapping[str, str]]
    ) -> dict[str, int] | None:
        if section.column("selected") is None:
            return None
        marks = {}
        for row, (name, fields) in zip(section.rows, columns.items(), strict=True):
            try:
                marks[name] = parse_whole(fields["selected"] or "0")
            except ValueError as error:
                raise self._fail(row.line, "selected", str(error)) from error
        return marks


def _project(name: str, fields: Mapping[str, str], cost: int) -> Project:
    categories = fields.get("category") or fields.get("categories") or ""
    return Project(
        id=name,
        name=fields.get("name") or name,
        cost=cost,
        categories=tuple(part.strip() for part in categories.split(",") if part.strip()),
        district=fields.get("district") or "",
    )
