"""Where a rule comes from, in words."""

from tallying.rules.rule import Rule
from tallying.wording.catalogs import catalog


def citation(rule: Rule, language: str) -> str:
    """The rule's source: titles of works as they are, what is said of them in `language`."""
    return catalog(language).gettext(rule.citation)
