"""One piece of a mail of news: a heading, and what stands under it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class News:
    """What is new under one heading: titles with their addresses, and how many `more` there are."""

    heading: str
    told: list[tuple[str, str]]
    more: int
