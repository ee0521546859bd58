"""What an act was about, in words: the facts that its record keeps beside who and when."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from budget_app.accounts.models import Role
from budget_app.administration.exceptional_forms import REVOCATIONS
from budget_app.administration.subject_names import Found
from budget_app.administration.texts import STEPS
from budget_app.deliberation.models import Rule
from budget_app.deliberation.rules import NAMES as MODERATION_RULES
from budget_app.feedback.models import Light
from budget_app.parliaments.models import PageKind
from budget_app.presentation.dates import moment
from budget_app.presentation.figures import number
from budget_app.presentation.texts import word
from budget_app.records.models import Act, Record
from budget_app.rounds.models import ActKind
from budget_app.rounds.steps import Step
from voting.manifest import read_time
from voting.revocation import Reason

NAMES: dict[str, LazyString] = {
    "added": _l("Voters added"),
    "answer": _l("Answer"),
    "closes": _l("Closes"),
    "code": _l("Reason"),
    "comment": _l("Comment"),
    "commitment": _l("Commitment"),
    "conflict": _l("Conflict of interest"),
    "criterion": _l("Criterion"),
    "decision": _l("Decision"),
    "delegation": _l("Delegation"),
    "dice": _l("Dice"),
    "district": _l("District"),
    "hearing": _l("Hearing"),
    "hosts": _l("Sites"),
    "item": _l("Agenda item"),
    "into": _l("Merged into"),
    "kind": _l("Act"),
    "light": _l("State"),
    "manifest": _l("Manifest"),
    "objection": _l("Objection"),
    "organisation": _l("Organisation"),
    "page": _l("Page"),
    "part": _l("Part"),
    "poll": _l("Poll"),
    "project": _l("Project"),
    "proposal": _l("Proposal"),
    "question": _l("Question"),
    "removed": _l("Voters removed"),
    "request": _l("Request"),
    "required": _l("Signatures needed"),
    "reviewer": _l("Reviewer"),
    "role": _l("Role"),
    "round": _l("Round"),
    "rule": _l("Rule"),
    "session": _l("Training session"),
    "standing": _l("Standing"),
    "survey": _l("Survey"),
    "user": _l("Account"),
    "verifier_key": _l("Key"),
    "version": _l("Version"),
}


def _moment(value: str) -> str:
    return moment(read_time(value)).striptags()


_RULES_BEFORE = {
    "offensive": Rule.INSULT,
    "personal-data": Rule.PRIVACY,
    "repeated": Rule.ADVERTISING,
}
"""What questions of hearings were hidden for before they had the rules of comments: records stay."""


def _rule(value: str) -> str:
    return str(MODERATION_RULES[_RULES_BEFORE.get(value) or Rule(value)])


def _of(kind: type[StrEnum]) -> Callable[[str], str]:
    return lambda value: word(kind(value))


_VALUES: dict[str, Callable[[Any], str]] = {
    "added": number,
    "closes": _moment,
    "code": lambda value: str(REVOCATIONS[Reason(value)]),
    "conflict": lambda value: _("yes") if value else _("no"),
    "kind": _of(ActKind),
    "light": _of(Light),
    "page": _of(PageKind),
    "part": lambda value: str(STEPS[Step(value)]),
    "removed": number,
    "role": _of(Role),
    "rule": _rule,
}


def in_words(fact: str, value: Any) -> str:
    """The value of a fact for people; one that this version does not know, as it was written."""
    try:
        return _VALUES.get(fact, str)(value)
    except (KeyError, ValueError):
        return str(value)


READERS: dict[Act, frozenset[Role]] = {
    Act.REVIEW_DECLARED: frozenset({Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR}),
}
"""Who reads what such an act was about; of other acts every official does.

An official's conflict of interest is personal: whoever assigns or reviews proposals must know of it,
and auditors open the log's commitment to it. Everybody else reads what is published with the decision.
"""


def subject_words(record: Record, found: Found, roles: frozenset[Role]) -> Markup:
    """“Version: 2” and “Project: New roof (p001)” on lines of their own, for somebody with `roles`;
    what has no name any more is its number alone."""
    if record.act in READERS and not READERS[record.act] & roles:
        return escape(_("Only for those who assign and review proposals, and for auditors"))
    facts = [
        _fact(fact, value, found.get((record.round_id, fact, value)))
        for fact, value in record.subject.items()
    ]
    # One element: a cell of a stacked table lays its children out side by side.
    return Markup("<span>{}</span>").format(Markup("<br>").join(facts) or "–")


def _fact(fact: str, value: Any, name: Markup | None) -> Markup:
    given = {"name": str(NAMES.get(fact, fact)), "value": value}
    if name:
        return escape(_("%(name)s: %(thing)s (%(value)s)")) % {**given, "thing": name}
    return escape(_("%(name)s: %(value)s")) % {**given, "value": in_words(fact, value)}
