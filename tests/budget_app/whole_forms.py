"""A form as a browser sends it when nothing more is filled in: texts and lists to choose from too.

Whose browser sends it adds their own token.
"""

from html.parser import HTMLParser

Sent = dict[str, list[str]]


class WholeForm(HTMLParser):
    """What the form of a page that carries `began_with` sends."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.sent: Sent = {}
        self._fields: Sent | None = None
        self._writes_in = self._chooses_in = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._fields = {}
        elif self._fields is None:
            return
        elif tag == "input":
            self._read_input(values)
        elif tag == "textarea":
            self._writes_in = values["name"]
            self._fields[self._writes_in] = [""]
        elif tag == "select":
            self._chooses_in = values["name"]
        elif tag == "option":
            chosen = self._fields.setdefault(self._chooses_in, [values["value"]])
            if "selected" in values:
                chosen[:] = [values["value"]]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._writes_in = ""
        if tag == "form" and self._fields is not None:
            if "began_with" in self._fields:
                self.sent = self._fields
            self._fields = None

    def handle_data(self, data: str) -> None:
        if self._writes_in and self._fields is not None:
            before = self._fields[self._writes_in][0]
            self._fields[self._writes_in] = [before + data.removeprefix("\r\n")]

    def _read_input(self, values: dict[str, str]) -> None:
        kind, name = values.get("type", "text"), values.get("name", "")
        left_out = kind in ("checkbox", "radio") and "checked" not in values
        left_out |= name == "csrf_token"
        if name and self._fields is not None and kind not in ("submit", "image") and not left_out:
            self._fields.setdefault(name, []).append(values.get("value", ""))
