"""The same page as a PDF for print and archive, tagged for readers of the screen (PDF/UA-1)."""

from tallying.errors import TallyingError
from tallying.report.page import library

VARIANT = "pdf/ua-1"
INSIDE = {"data"}
"""The only scheme of an address that a page may load: pictures written into it."""


class ForbiddenResource(TallyingError):
    """A report asked for something outside itself."""


def pdf(page: bytes) -> bytes:
    """The page as PDF, with its title and language.

    Raises `MissingLibrary`, and `ForbiddenResource` where it loads what is not in it.
    """
    weasyprint = library("weasyprint")
    fetcher = weasyprint.URLFetcher(allowed_protocols=INSIDE, fail_on_errors=True)
    document = weasyprint.HTML(string=page.decode(), url_fetcher=fetcher)
    try:
        content: bytes = document.write_pdf(pdf_variant=VARIANT)
    except weasyprint.urls.FatalURLFetchingError as error:
        message = f"A report holds all it needs, and yet loads something: {str(error)[:120]}."
        raise ForbiddenResource(message) from error
    return content
