"""A form as a browser sends it when nothing more is filled in: texts and lists to choose from too.

Whose browser sends it adds their own token.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

NOT_SENT = ("submit", "image", "file")
CHOSEN = ("checkbox", "radio")
TOKEN = "csrf_token"

Sent = dict[str, list[str]]


def began(content: str) -> Sent:
    """What the form of a page that carries what it began with sends."""
    return next(form.sent for form in WholeForms(content).forms if "began_with" in form.sent)


@dataclass
class WholeForm:
    """What a form sends, and which of it stands in fields that people fill in."""

    method: str
    sent: Sent = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)


class WholeForms(HTMLParser):
    """The forms of a page."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.forms: list[WholeForm] = []
        self._open = False
        self._writes_in = self._chooses_in = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(WholeForm(values.get("method", "get").lower()))
            self._open = True
        if not self._open:
            return
        sent = self.forms[-1].sent
        if tag == "input":
            self._read_input(values)
        elif tag == "textarea":
            self._writes_in = values["name"]
            sent[self._writes_in] = [""]
        elif tag == "select":
            self._chooses_in = values["name"]
        elif tag == "option":
            chosen = sent.setdefault(self._chooses_in, [values["value"]])
            if "selected" in values:
                chosen[:] = [values["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._writes_in = ""
        if tag == "form":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._writes_in:
            form, text = self.forms[-1], data.removeprefix("\r\n")
            form.sent[self._writes_in] = [form.sent[self._writes_in][0] + text]
            form.filled |= {self._writes_in} if text.strip() else set()

    def _read_input(self, values: dict[str, str]) -> None:
        kind, name, form = values.get("type", "text"), values.get("name", ""), self.forms[-1]
        if kind in NOT_SENT or (kind in CHOSEN and "checked" not in values) or name == TOKEN:
            return
        form.sent.setdefault(name, []).append(values.get("value", ""))
        form.filled |= {name} if values.get("value") and kind != "hidden" else set()
