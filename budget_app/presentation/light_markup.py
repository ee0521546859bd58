"""Text with light formatting, as people write it, made safe HTML."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre"}
TAGS |= {"h2", "h3", "h4"}


def _lower_headings(state: StateCore) -> None:
    """Headings of a text stand below those of its page: two ranks, from `highest` on."""
    highest = state.env["highest"]
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{highest if int(token.tag[1:]) <= highest else highest + 1}"


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")
_markdown.core.ruler.push("lower_headings", _lower_headings)


def markdown(text: str | None, highest: int = 3) -> Markup:
    """Text with light formatting as safe HTML: no pictures, no raw HTML, links without referrer.

    `highest` is the rank of its first headings, 2 or 3.
    """
    html = nh3.clean(
        _markdown.render(text or "", {"highest": highest}),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener noreferrer ugc",
    )
    return Markup(html)  # noqa: S704 — cleaned by nh3 on the line above
