"""What a section of the report is made of; the template turns each block into HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    kind: ClassVar = "text"
    text: str


@dataclass(frozen=True)
class Heading:
    """A heading within a section."""

    kind: ClassVar = "heading"
    text: str


@dataclass(frozen=True)
class Code:
    """A command."""

    kind: ClassVar = "code"
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing: `svg` is markup that `charts` made, `alt` says in a sentence what it shows.

    A table beside it holds the same numbers.
    """

    kind: ClassVar = "chart"
    title: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Table:
    """Rows of texts, the first cell naming the row; `numeric` columns are set as figures."""

    kind: ClassVar = "table"
    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int] = frozenset()


Block = Text | Heading | Code | Chart | Table


@dataclass(frozen=True)
class Section:
    """A part of the report with its anchor."""

    id: str
    title: str
    blocks: Sequence[Block]
