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
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from secrets import token_hex
from typing import Any

import rfc8785

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
"""Of base64url, in the order of their values."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
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


def loads_together(lines: Sequence[bytes]) -> list[Any] | None:
    """The values of canonical lines, read at once; None unless every line is canonical.

    Between the lines stands a text that whoever wrote them cannot know. So each line is one value
    when every second one of all values is that text: no line can begin a value that another ends.
    """
    mark = token_hex(16)
    content = b"[" + f',"{mark}",'.encode().join(lines) + b"]"
    try:
        values = _strict_decoder.decode(content.decode())
        same = _encoder.encode(values).encode() == content
    except (ValueError, RecursionError):
        return None
    between: list[Any] = values[1::2]
    found: list[Any] = values[::2]
    if not same or between != [mark] * (len(lines) - 1) or len(found) != len(lines):
        return None
    if not _is_plain(lines, content):
        try:
            _check(found, 0)
        except NotCanonical:
            return None
    return found


def encoded(value: Any) -> bytes:
    """The canonical bytes of a value made of what `loads` gave, which is not checked again."""
    return _encoder.encode(value).encode()


def encoded_each(values: Sequence[Any]) -> list[bytes]:
    """`encoded` for each of several values, at once."""
    mark = token_hex(16)
    between: list[Any] = [mark] * max(0, 2 * len(values) - 1)
    between[::2] = values
    return encoded(between)[1:-1].split(f',"{mark}",'.encode()) if values else []


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, in base64url."""
    return b64u(sha256(dumps(value)).digest())


def digest_of(content: bytes) -> str:
    """SHA-256 of bytes, in base64url."""
    return b64u(sha256(content).digest())


def b64u(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def b64u_digests(digests: Sequence[bytes]) -> list[str]:
    """`b64u` for each of several hashes of 32 bytes, at once."""
    # With a zero byte after each, a hash fills 44 letters, the last of which is of that byte alone.
    text = base64.urlsafe_b64encode(b"\0".join([*digests, b""])).decode()
    return [text[start : start + 43] for start in range(0, len(text), 44)]


def unb64u_digests(texts: Sequence[str]) -> list[bytes]:
    """The other way round, for texts that `b64u` wrote: they are not looked at again."""
    content = base64.urlsafe_b64decode("A".join([*texts, ""]))
    return [content[start : start + 32] for start in range(0, len(content), 33)]


def unb64u(text: str) -> bytes:
    """The bytes of base64url without padding, written in the one way it can be; `NotCanonical`."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (TypeError, ValueError, binascii.Error) as error:
        message = "It is not base64url."
        raise NotCanonical(message) from error
    if b64u(content) != text:
        message = f"It is not base64url without padding: {text[:60]!r}."
        raise NotCanonical(message)
    return content


def is_b64u(text: bytes) -> bool:
    """Whether `unb64u` would read it, which costs several times as much."""
    stray = len(text) % 4
    if text.translate(None, LETTERS) or stray == 1:
        return False
    return not stray or LETTERS.index(text[-1:]) % (16 if stray == 2 else 4) == 0


def decoded(text: bytes) -> bytes:
    """What `unb64u` would read, of a text for which `is_b64u` holds."""
    return binascii.a2b_base64(text.translate(_STANDARD) + b"==="[: -len(text) % 4])


def _is_plain(lines: Sequence[bytes], content: bytes) -> bool:
    """Whether no text can break a limit, and no line be nested too deeply."""
    texts = content.isascii() and b"\\" not in content and b"\x7f" not in content
    return texts and all(line.count(b"[") + line.count(b"{") <= MOST_DEPTH for line in lines)


def _small(text: str) -> int:
    number = int(text)
    if not -MAX_INTEGER <= number <= MAX_INTEGER:
        raise ValueError(text[:60])
    return number


def _refuse(text: str) -> None:
    raise ValueError(text[:60])


def _with_keys(value: dict[str, Any]) -> dict[str, Any]:
    if not all(map(_is_key, value)):
        message = "a key"
        raise ValueError(message)
    return value


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


_strict_decoder = json.JSONDecoder(
    object_hook=_with_keys, parse_int=_small, parse_float=_refuse, parse_constant=_refuse
)
