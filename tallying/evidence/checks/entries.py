"""What an entry of the log may say: the fields of its type, each in its form, and nothing besides.

The log is public for ever, and whoever writes it knows who voted: a field that no format names could
tell it.
"""

from collections.abc import Mapping
from typing import Any

from tallying.errors import InvalidBundle
from tallying.evidence import canonical
from tallying.evidence.checks.check import Failed
from tallying.evidence.checks.evidence import Evidence, Json
from tallying.evidence.checks.times import moment_of

Form = str | list[Any] | Mapping[str, Any]
"""One of the words below; a list with the form of its items; a form for each field of an object."""
TEXT, TEXTS, TIME, DIGEST = "a text", "a text for each language", "a time", "a hash"
NUMBER, HIDDEN, ANSWER, ANY = (
    "a whole number",
    "a whole number or null",
    "true or false",
    "anything",
)
OFFICIALS = [TEXT]
CANARY = {"box": TEXT, "choices": [ANY], "found": ANSWER, "nonce": TEXT}

_KINDS = {NUMBER: (int,), HIDDEN: (int, type(None)), ANSWER: (bool,)}
FORMS: dict[str, dict[str, Form]] = {
    "round.config": {"manifest": DIGEST, "origin": TEXT, "log": TEXT, "receipt": TEXT},
    "roll.commit": {"root": DIGEST, "size": NUMBER},
    "roll.change": {"root": DIGEST, "size": NUMBER},
    "amend": {"at": TIME, "manifest": DIGEST, "what": TEXTS, "by": OFFICIALS},
    "key.test": {"expected": DIGEST, "outer": DIGEST, "inner": DIGEST},
    "open": {"at": TIME, "by": OFFICIALS},
    "extend": {"at": TIME, "closes": TIME, "reason": TEXTS, "by": OFFICIALS},
    "withdraw": {"at": TIME, "box": TEXT, "project": TEXT, "reason": TEXTS, "by": OFFICIALS},
    "revoke": {"at": TIME, "reason": TEXT, "c": DIGEST, "by": OFFICIALS},
    "close": {"at": TIME, "by": OFFICIALS},
    "box.commit": {"boxes": [{"box": TEXT, "root": DIGEST, "size": HIDDEN}]},
    "canary.commit": {"by": OFFICIALS, "commitments": [DIGEST]},
    "layer": {"layer": TEXT, "report": DIGEST},
    "canary.open": {"canaries": [CANARY]},
    "seed": {"seed": TEXT, "record_sha256": DIGEST, "by": OFFICIALS},
    "tally.input": {"input": DIGEST, "version": NUMBER, "by": OFFICIALS},
    "tally.result": {"outcome": DIGEST, "version": NUMBER},
    "incident": {"what": TEXT, "version": NUMBER, "by": OFFICIALS},
    "key.destroyed": {"at": TIME, "what": [TEXT], "by": OFFICIALS},
}
"""What an entry has beside its type and its round. Other checks judge what stands in a field."""


def in_form(evidence: Evidence) -> None:
    """Raise `Failed` for the first entry that says more, less or otherwise than its type does."""
    found = [
        (position, _wrong(entry, _form_of(kind, entry), ""))
        for kind, entries in evidence.by_type.items()
        for position, entry in entries
    ]
    if evidence.log.odd_cast is not None:
        found.append((evidence.log.odd_cast, "it holds more than two hashes, or another thing"))
    wrong = [(position, what) for position, what in found if what]
    if wrong:
        position, what = min(wrong)
        raise Failed(f"Entry index {position} has not the form of its type: {what}.")


def _form_of(kind: str, entry: Json) -> dict[str, Form]:
    extra = {"admin": TEXT} if kind == "round.config" and "admin" in entry else {}
    return {"t": TEXT, "r": TEXT, **FORMS[kind], **extra}


def _wrong(value: Any, form: Form, where: str) -> str:
    """What is wrong with a value of that form; empty where nothing is."""
    if isinstance(form, Mapping):
        return _wrong_fields(value, form, where)
    if isinstance(form, list):
        if not isinstance(value, list):
            return f"{where} is no list"
        items = (_wrong(item, form[0], f"{where}[{place}]") for place, item in enumerate(value))
        return next(filter(None, items), "")
    return "" if _is(value, form) else f"{where} is not {form}"


def _wrong_fields(value: Any, form: Mapping[str, Any], where: str) -> str:
    if not isinstance(value, dict):
        return f"{where} is no object"
    before = f"{where}." if where else ""
    for name in sorted({*value} ^ {*form}):
        return f"{before}{name} is {'missing' if name in form else 'a field too many'}"
    inside = (_wrong(value[name], form[name], before + name) for name in form)
    return next(filter(None, inside), "")


def _is(value: Any, form: str) -> bool:
    if form == TEXTS:
        return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
    if form in _KINDS:
        return type(value) in _KINDS[form]
    return form == ANY or (isinstance(value, str) and _reads(value, form))


def _reads(text: str, form: str) -> bool:
    if form == TEXT:
        return True
    try:
        return bool(moment_of(text, "")) if form == TIME else len(canonical.unb64u(text)) == 32
    except (InvalidBundle, canonical.NotCanonical):
        return False
