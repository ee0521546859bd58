"""A report on a count for people: one page of HTML without network or script, or a PDF."""

from tallying.report.page import html
from tallying.report.subject import Subject

__all__ = ["Subject", "html"]
