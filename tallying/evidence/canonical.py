"""Canonical JSON: RFC 8785 with limits that leave nothing to interpretation.

Keys are `[a-z0-9_]+`; strings are NFC and hold no control character but the newline; integers lie
within ±(2^53 − 1) and there are no floats; no key stands twice; depth is at most 16. Every read
serialises again and compares the bytes.
"""

import base64
import binascii
import json
import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import Any

import rfc8785

MOST_DEPTH = 16
MAX_INTEGER = 2**53 - 1
KEY = re.compile(r"[a-z0-9_]+")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_decoder = json.JSONDecoder()
# What a reader compares with: within the limits above these settings write the same bytes as
# `rfc8785`, several times faster. A test holds the two against each other.
_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)


class NotCanonical(ValueError):
    """A value or a text outside the limits of canonical JSON; the message says why."""


def dumps(value: Any) -> bytes:
    """The canonical bytes of `value`; raises `NotCanonical`."""
    _check(value, 1)
    return rfc8785.dumps(value)


def loads(content: bytes) -> Any:
    """The value that `content` writes; raises `NotCanonical` unless its bytes are canonical."""
    try:
        value = _decoder.decode(content.decode())
    except (ValueError, RecursionError) as error:
        message = f"It is not JSON: {error}."
        raise NotCanonical(message) from error
    _check(value, 1)
    if _encoder.encode(value).encode() != content:
        message = "It is JSON, but not written in canonical form."
        raise NotCanonical(message)
    return value


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in base64url."""
    return b64u(sha256(dumps(value)).digest())


def digest_of(content: bytes) -> str:
    """SHA-256 of bytes, in base64url."""
    return b64u(sha256(content).digest())


def b64u(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    """The bytes of base64url without padding, written in the one way it can be; `NotCanonical`."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        message = "It is not base64url."
        raise NotCanonical(message) from error
    if b64u(content) != text:
        message = f"It is not base64url without padding: {text[:60]!r}."
        raise NotCanonical(message)
    return content


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind is str:
        _check_string(value)
    elif kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            message = "An integer is beyond ±(2^53 − 1); it is written as a decimal string."
            raise NotCanonical(message)
    elif kind is dict or kind is list or kind is tuple:
        _check_inside(value, depth)
    elif value is not None and kind is not bool:
        message = f"A {kind.__name__} has no place in canonical JSON."
        raise NotCanonical(message)


def _check_inside(value: Any, depth: int) -> None:
    if depth > MOST_DEPTH:
        message = f"It is nested deeper than {MOST_DEPTH} levels."
        raise NotCanonical(message)
    if isinstance(value, dict):
        for key in value:
            if not _is_key(key):
                message = f"The key {key!r} is not made of a to z, 0 to 9 and _."
                raise NotCanonical(message)
        value = value.values()
    for item in value:
        _check(item, depth + 1)


@lru_cache(maxsize=1024)
def _is_key(key: object) -> bool:
    return type(key) is str and KEY.fullmatch(key) is not None


def _check_string(text: str) -> None:
    if text.isascii():
        if text.isprintable() or not CONTROL.search(text):
            return
    elif not CONTROL.search(text):
        if unicodedata.is_normalized("NFC", text):
            return
        message = f"The text {text[:60]!r} is not in Unicode's form NFC."
        raise NotCanonical(message)
    message = f"The text {text[:60]!r} holds a control character."
    raise NotCanonical(message)
