"""Who may do what.

A view names its access rule with one decorator. The decorator checks the right in the parliament
of the address (403), loads the rows named in the address, each through its parent (404 on a
mismatch), and calls the view with the rows. `refuse_unguarded` keeps an application with a forgotten view from starting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import ended
from budget_app.accounts.models import Role
from budget_app.addresses import address_to_return_to
from budget_app.ended import Lack

Loaded = dict[str, Any]
View = Callable[..., ResponseReturnValue]

# What is loaded before the right is checked; whoever has no right learns nothing of the rest.
INSTITUTION = ("language", "parliament")
EXTENSION_ENDPOINTS = frozenset({"static", "bootstrap.static"})

LARGEST_NUMBER = 2**31 - 1
"""The largest number of a row: PostgreSQL and SQLite raise errors when asked for a greater one."""


@dataclass(frozen=True)
class Loader:
    """Turns one part of the address into a row below the rows already loaded."""

    gives: str
    load: Callable[[Loaded, Any], object | None]


@dataclass(frozen=True)
class Rule:
    """One view's access rule; `roles` empty means anybody who fits `signed_in`."""

    name: str
    signed_in: bool = False
    roles: frozenset[Role] = field(default_factory=frozenset)


_loaders: dict[str, Loader] = {}


def loader(argument: str, *, gives: str) -> Callable[[Callable[[Loaded, Any], object | None]], Any]:
    """Register how the address part `argument` becomes the view's parameter `gives`.

    Loaders run in the order of the address's parts, parents first. Raises `RuntimeError` where
    two features claim one part: the second would load rows of the first in silence.
    """

    def register(load: Callable[[Loaded, Any], object | None]) -> Any:
        if argument in _loaders:
            raise RuntimeError(f"The address part {argument} has a loader already.")
        _loaders[argument] = Loader(gives, load)
        return load

    return register


def load_objects(ids: Mapping[str, Any], above: Loaded) -> Loaded:
    """`above` and the rows named by the address parts `ids`; 404 when one is not there."""
    loaded = dict(above)
    for argument, value in ids.items():
        if isinstance(value, int) and value > LARGEST_NUMBER:
            abort(404)
        step = _loaders.get(argument)
        row = step.load(loaded, value) if step else value
        if step and row is None:
            abort(404)
        loaded[step.gives if step else argument] = row
    return loaded


def lacking(rule: Rule, parliament: Any) -> Lack | None:
    """What the visitor lacks for a view of `parliament`; None when nothing does."""
    if not rule.signed_in:
        return None
    if not current_user.is_authenticated:
        return Lack.SIGN_IN
    home = current_user.exercise_id
    if home and (parliament is None or parliament.id != home):
        return Lack.PARLIAMENT
    if not rule.roles:
        return None
    if parliament is None or not rule.roles & current_user.roles_in(parliament):
        return Lack.ROLE
    return None if g.sign_in.has_second_factor or home else Lack.SECOND_FACTOR


def present_rule() -> Rule:
    """The rule of the view that the present request asks for; where there is none, as of a public one."""
    view = current_app.view_functions.get(request.endpoint or "")
    rule: Rule = getattr(view, "access_rule", Rule("none"))
    return rule


def _admit(rule: Rule, loaded: Loaded) -> ResponseReturnValue | None:
    lack = lacking(rule, loaded.get("parliament"))
    if lack is None:
        return None
    if lack is Lack.PARLIAMENT or ended.keeps_words():
        return ended.page(lack)
    if lack is Lack.ROLE:
        abort(403)
    target = address_to_return_to()
    if lack is Lack.SECOND_FACTOR:
        return redirect(url_for("accounts.second_factor", next=target))
    flash(_("Please sign in first."), "info")
    return redirect(url_for("accounts.sign_in", next=target))


def _guard(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(**ids: Any) -> ResponseReturnValue:
            outer = {name: ids.pop(name) for name in INSTITUTION if name in ids}
            loaded = load_objects(outer, {})
            refusal = _admit(rule, loaded)
            if refusal is not None:
                return refusal
            loaded = load_objects(ids, loaded)
            loaded.pop("language", None)
            return view(**loaded)

        guarded.access_rule = rule  # type: ignore[attr-defined]
        return guarded

    return decorate


public = _guard(Rule("public"))
signed_in = _guard(Rule("signed_in", signed_in=True))


def role(*roles: Role) -> Callable[[View], View]:
    """Only people who hold one of `roles` in the parliament of the address, with a second factor."""
    name = "role:" + ",".join(sorted(roles))
    return _guard(Rule(name, signed_in=True, roles=frozenset(roles)))


administrator = role(Role.ADMINISTRATOR)
reviewer = role(Role.REVIEWER, Role.ADMINISTRATOR)
auditor = role(Role.AUDITOR)
moderator = role(Role.MODERATOR, Role.ADMINISTRATOR)
parliamentarian = role(Role.PARLIAMENTARIAN, Role.ADMINISTRATOR)
official = role(*(each for each in Role if each is not Role.CITIZEN))


def refuse_unguarded(app: Flask) -> None:
    """Raise `RuntimeError` naming every view without an access rule."""
    unguarded = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint not in EXTENSION_ENDPOINTS and not hasattr(view, "access_rule")
    )
    if unguarded:
        message = f"These views state no access rule: {', '.join(unguarded)}."
        raise RuntimeError(message)
