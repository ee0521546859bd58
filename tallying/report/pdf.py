"""The same page as a PDF for print and archive, tagged for readers of the screen (PDF/UA-1)."""

from typing import Any

from tallying.errors import TallyingError
from tallying.report.page import library

VARIANT = "pdf/ua-1"


class ForbiddenResource(TallyingError):
    """A report asked for something outside itself."""


def pdf(page: bytes) -> bytes:
    """The page as PDF, with its title and language; raises `MissingLibrary`."""
    weasyprint = library("weasyprint")
    document = weasyprint.HTML(string=page.decode(), url_fetcher=_refuse)
    content: bytes = document.write_pdf(pdf_variant=VARIANT)
    return content


def _refuse(url: str, *_arguments: Any, **_options: Any) -> Any:
    raise ForbiddenResource(f"A report holds all it needs, and yet asks for {url[:80]}.")
