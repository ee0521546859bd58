"""A walk through every page and file that the application hands out, and what may differ by chance.

Two worlds are walked: the same round with the same keys, clock and voters, who chose differently.
Whatever differs between two walks tells what was chosen, unless it is random by construction; each
such thing is named in `CHANCE` or `_cookie`, with its reason.
"""

import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, ClassVar

from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import dump_cookie, generate_etag, parse_cookie
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from budget_app.access import EXTENSION_ENDPOINTS
from budget_app.accounts import sessions

Values = Mapping[str, Sequence[Any]]
Found = dict[tuple[str, str], "Answer"]
"""By visitor and address."""

CHANCE = {
    r'(name="csrf_token"[^>]* value=")[^"]+': "the token of a form is signed with the time",
    r'(class="receipt-qr"[^>]*>).*?(?=</div>)': "the picture of the address with the receipt code",
    r"(?<![\w+/=-])[A-Za-z0-9_-]{43}(?![\w+/=-])": "32 bytes: a commitment, a fingerprint",
    r"(?<![\w+/=-])[A-Za-z0-9+/]{43}=": "32 bytes, padded: a root, a node of a proof",
    r"(?<![\w+/=-])[A-Za-z0-9+/]{91}=": "the signature of a checkpoint or an acceptance",
}
"""Patterns of what is random, or the hash or signature of something random, and why.

An entry of the log holds the hash of an envelope, which is random; so are the root, each proof and
each signature over it. All have one length, which stays.
"""


class Watched(ImmutableMultiDict[str, str]):
    """The query of a request; it notes which parameters a view asked for."""

    asked: ClassVar[set[str]] = set()

    def __getitem__(self, key: str) -> str:
        Watched.asked.add(key)
        return super().__getitem__(key)

    def getlist(self, key: str, *arguments: Any) -> Any:
        Watched.asked.add(key)
        return super().getlist(key, *arguments)


class WatchedRequest(Request):
    """A request whose query is watched."""

    parameter_storage_class = Watched


@dataclass(frozen=True)
class Answer:
    """What a visitor can tell of an answer: status, headers and content."""

    endpoint: str
    status: int
    headers: frozenset[tuple[str, str]]
    content: str = field(repr=False)


@dataclass(frozen=True)
class Walk:
    """Who walks with which values; `labels` are the world's own random names, by what they name.

    With `endpoints` only those are walked.
    """

    app: Flask
    visitors: Mapping[str, FlaskClient]
    arguments: Values
    parameters: Values
    labels: Mapping[str, str]
    endpoints: Collection[str] | None = None

    def found(self) -> Found:
        """Every answer to every visitor; raises `KeyError` for an argument without a value."""
        found: Found = {}
        for name, client in self.visitors.items():
            for endpoint, address in self.addresses():
                found[name, self.named(address)] = self._answer(client, endpoint, address)
                for query in self._queries():
                    answer = self._answer(client, endpoint, address + query)
                    found[name, self.named(address + query)] = answer
        return found

    def addresses(self) -> Iterator[tuple[str, str]]:
        """The endpoint and the addresses of every rule, with each value of each argument."""
        adapter = self.app.url_map.bind("localhost")
        for rule in pages(self.app):
            if self.endpoints is not None and rule.endpoint not in self.endpoints:
                continue
            names = sorted(rule.arguments)
            for values in product(*(self.arguments[name] for name in names)):
                with self.app.test_request_context():
                    given = dict(zip(names, values, strict=True))
                    yield rule.endpoint, adapter.build(rule.endpoint, given)

    def _queries(self) -> list[str]:
        """Each value of each parameter that the last page asked for."""
        asked = sorted(Watched.asked)
        return [f"?{name}={value}" for name in asked for value in self.parameters[name]]

    def named(self, text: str) -> str:
        """The text with the labels of the world's own random names."""
        for value, label in self.labels.items():
            text = text.replace(value, label)
        return text

    def steady(self, text: str) -> str:
        """The text without what is random, each random part replaced by what it is."""
        text = self.named(text)
        for pattern in CHANCE:
            text = re.sub(pattern, _mask, text, flags=re.DOTALL)
        return text

    def _answer(self, client: FlaskClient, endpoint: str, address: str) -> Answer:
        Watched.asked.clear()
        answer = client.get(address)
        with answer:
            body = answer.data
            headers = frozenset(
                (name, self._header(answer, body, name, value))
                for name, value in answer.headers
                if name != "Date"  # the host's clock, which no vote moves
            )
            return Answer(endpoint, answer.status_code, headers, self._content(answer, body))

    def _content(self, answer: TestResponse, body: bytes) -> str:
        """The text; of a tile of hashes, which are random, the length."""
        hashes = "/log/tile/" in answer.request.path and "/entries/" not in answer.request.path
        if hashes and answer.status_code == 200:
            return f"{len(body)} bytes"
        text = body.decode("latin1" if b"\0" in body else "utf8")
        return self.steady(re.sub(r"(?<=^extra )\S+", _unpacked, text, flags=re.MULTILINE))

    def _header(self, answer: TestResponse, body: bytes, name: str, value: str) -> str:
        """A header's value; what follows from the content alone says nothing more."""
        if name == "Set-Cookie" and value.startswith("session="):
            return _cookie(self.app, value)
        if name == "Content-Length" and value == str(len(body)):
            return "the length"
        if name == "ETag" and value == f'"{generate_etag(body)}"':
            return "the fingerprint"
        return self.steady(value)


def pages(app: Flask) -> list[Rule]:
    """Every rule that answers to `GET`, but for the package's own files."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in EXTENSION_ENDPOINTS
    ]


def differences(one: Found, other: Found) -> list[str]:
    """Whom which address tells something, and what: empty when two worlds look alike."""
    told = [f"{who}: {address} is in one world" for who, address in sorted(one.keys() ^ other)]
    for key in sorted(one.keys() & other):
        if one[key] != other[key]:
            told.append(f"{key[0]}: {key[1]}: {_difference(one[key], other[key])}")
    return told


def _difference(one: Answer, other: Answer) -> str:
    if one.status != other.status:
        return f"status {one.status}, {other.status}"
    if one.headers != other.headers:
        return f"headers {sorted(one.headers ^ other.headers)}"
    at = next(
        (n for n, (a, b) in enumerate(zip(one.content, other.content, strict=False)) if a != b),
        min(len(one.content), len(other.content)),
    )
    around = slice(max(at - 40, 0), at + 40)
    return f"content {one.content[around]!r}, {other.content[around]!r}"


def _unpacked(found: re.Match[str]) -> str:
    """The entry that a proof carries, as the log writes it."""
    return b64decode(found.group()).decode()


def _mask(found: re.Match[str]) -> str:
    return found.group(1) + "…" if found.lastindex else "…" * len(found.group())


def _cookie(app: Flask, value: str) -> str:
    """What the session's cookie says, without the form's secret and the time of the last page."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    content = dict(serializer.loads(parse_cookie(value)["session"]))
    kept = {k: v for k, v in content.items() if k not in ("csrf_token", sessions.SEEN)}
    return dump_cookie("session", repr(sorted(kept.items()))) + value.partition(";")[2]
