"""The words of the count on pages: its own sentences, with amounts and numbers written as elsewhere."""

from collections.abc import Mapping

from flask_babel import get_locale

from budget_app.languages import LANGUAGES
from budget_app.presentation.figures import money, number
from tallying.wording import Wording, beginning, comparison, margin, reason

__all__ = ["beginning", "comparison", "margin", "page_wording", "reason"]


class PageFormatter:
    """Writes figures in the page's language and its parliament's currency."""

    def number(self, value: int) -> str:
        return number(value)

    def money(self, minor: int) -> str:
        return money(minor)


def page_wording(
    names: Mapping[str, str],
    style: str,
    minor_digits: int = 2,
    labels: Mapping[str, str] | None = None,
) -> Wording:
    """What the page's sentences are said with: its language, and names in that language."""
    locale = get_locale()
    language = LANGUAGES[0] if locale is None else locale.language
    return Wording(language, PageFormatter(), names, style, minor_digits, labels or {})
