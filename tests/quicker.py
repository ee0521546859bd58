"""Each test has an application of its own; what is the same in all of them is made only once.

Addresses are turned into code by Werkzeug and templates by Jinja whenever an application is made,
which took longer than most tests of a page.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


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


def remember_addresses() -> None:
    """The same; the code of an address depends on nothing but its parts and their defaults."""
    builders: dict[tuple[Any, ...], Builder] = {}
    compiled = Rule._compile_builder

    def remembered(self: Rule, append_unknown: bool = True) -> Builder:
        defaults = repr(sorted((self.defaults or {}).items()))
        key = (self.rule, tuple(self._trace), defaults, append_unknown)
        if key not in builders:
            builders[key] = compiled(self, append_unknown)
        return builders[key]

    Rule._compile_builder = remembered  # type: ignore[method-assign]
