"""Each test has an application of its own; what is the same in all of them is made only once.

Addresses are turned into code by Werkzeug, templates by Jinja and statements by SQLAlchemy whenever an
application is made, which took longer than most tests of a page.
"""

import gc
from dataclasses import dataclass
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine
from sqlalchemy.orm import Mapper
from sqlalchemy.util import LRUCache
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

STATEMENTS = 5_000
"""More than the application has."""
NEW_OBJECTS = 20_000
"""After so many more than were freed the youngest are searched for garbage; seven hundred by itself."""


class Remembered(BytecodeCache):
    """Compiled templates by name and source; Jinja itself tells a changed template."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


def remember_templates() -> None:
    """For every application that is made from now on in this process."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Remembered()}


@dataclass(frozen=True)
class Compiled:
    """What the pattern of an address becomes; Werkzeug's converters know no application."""

    parts: list[RulePart]
    trace: list[tuple[bool, str]]
    converters: dict[str, BaseConverter]
    arguments: frozenset[str]
    builders: tuple[Any, Any]

    def put_into(self, rule: Rule) -> None:
        rule._parts, rule._trace, rule._converters = self.parts, self.trace, self.converters
        rule.arguments |= self.arguments
        rule._build, rule._build_unknown = (one.__get__(rule, None) for one in self.builders)


def remember_addresses() -> None:
    """The same; the code of an address depends on nothing but its pattern and its defaults."""
    known: dict[tuple[Any, ...], Compiled] = {}
    compile_rule = Rule.compile

    def compiled(self: Rule) -> None:
        defaults = repr(sorted((self.defaults or {}).items()))
        converters = frozenset(self.map.converters.items())
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, defaults, converters)
        if key not in known:
            compile_rule(self)
            builders: Any = (self._build, self._build_unknown)
            known[key] = Compiled(
                self._parts,
                self._trace,
                self._converters,
                frozenset(self.arguments),
                tuple(bound.__func__ for bound in builders),
            )
        else:
            known[key].put_into(self)

    Rule.compile = compiled  # type: ignore[method-assign]


class Shared(LRUCache[Any, Any]):
    """What statements compile to, by kind of database: the engines of all tests speak alike."""

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(_kind(key))

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_kind(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_kind(key), value)


def _kind(key: Any) -> Any:
    """The key with the name of the database and its driver in place of one engine's dialect."""
    dialect, *others = key
    return (dialect.name, dialect.driver, *others) if isinstance(dialect, Dialect) else key


def remember_statements() -> None:
    """For every engine and model of this process, whichever cache they were made with."""
    shared = Shared(STATEMENTS)
    Mapper._compiled_cache = shared  # type: ignore[assignment]
    Engine._compiled_cache = property(lambda _: shared, lambda *_: None)  # type: ignore[assignment]


def collect_seldom() -> None:
    """Search for garbage more seldom: memory is there, and each search of the old costs 0.1 seconds."""
    gc.set_threshold(NEW_OBJECTS, 20, 100)
