"""Reading a page as a visitor's browser does: its text, its forms with their fields."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = frozenset({"input", "meta", "link", "br", "img", "hr"})
UNSEEN = frozenset({"script", "template", "style", "title"})

SIGN_OUT = re.compile(r'action="[^"]*sign-out".*?name="csrf_token"[^>]* value="([^"]+)"', re.DOTALL)

Fields = list[tuple[str, str]]


@dataclass
class PostedForm:
    """One form: where it goes, and what it sends when nothing more is filled in."""

    action: str
    fields: Fields = field(default_factory=list)

    def having(self, *more: tuple[str, str], without: tuple[str, ...] = ()) -> dict[str, Any]:
        """The data of a post, with fields added and fields of a name left out."""
        data: dict[str, Any] = {}
        for name, value in [*self.fields, *more]:
            if name not in without:
                data.setdefault(name, []).append(value)
        return data

    def value(self, name: str) -> str:
        return next(value for key, value in self.fields if key == name)


def token_to_sign_out(content: str) -> str:
    """The token of the form that everybody signed in is shown, found without reading all the page."""
    found = SIGN_OUT.search(content)
    assert found, "Nobody is signed in."
    return found[1]


class Page(HTMLParser):
    """The forms of a page, and the text that is seen."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.forms: list[PostedForm] = []
        self.text = ""
        self._inside: list[str] = []
        self._open_form = False
        self.feed(content)
        self.text = " ".join(self.text.split())

    def form(self, ending: str) -> PostedForm:
        """The form whose action ends so."""
        return next(form for form in self.forms if form.action.split("?")[0].endswith(ending))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._inside.append(tag)
        if tag == "form":
            self.forms.append(PostedForm(values.get("action", "")))
            self._open_form = True
        if tag == "input" and self._open_form and "template" not in self._inside:
            self._read_input(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open_form = False
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not UNSEEN & set(self._inside):
            self.text += data + " "

    def _read_input(self, values: dict[str, str]) -> None:
        ticked = values.get("type") not in ("checkbox", "radio") or "checked" in values
        if ticked and values.get("name"):
            self.forms[-1].fields.append((values["name"], values.get("value", "")))
