"""The organisations that will witness a round's log, and how many of them must sign."""

import re
from collections.abc import Sequence

from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import LogWitness, Round
from budget_app.rounds.unsealed import record_change, refuse_sealed
from tallying.evidence.cosignature import WitnessKey
from tallying.evidence.notes import InvalidNote
from tallying.witness.client import Address, InvalidAddress

GROUP = "witnesses"
TAKEN = frozenset({GROUP, "none"})
NAME = re.compile(r"[^\s#][^\s]{0,59}")
"""As it stands in the policy: one word, that does not begin a comment."""
MOST_WITNESSES = 20


def add_witness(round_: Round, name: str, key: str, address: str, *, by: User | None) -> None:
    """Raises `InvalidField` at what cannot stand in a policy; blanks of a name become hyphens."""
    refuse_sealed(round_)
    if len(round_.witnesses) >= MOST_WITNESSES:
        raise InvalidField("name", _("At most %(most)d witnesses.", most=MOST_WITNESSES))
    name = "-".join(name.split())
    if not NAME.fullmatch(name) or name in TAKEN:
        raise InvalidField("name", _("Choose another name: letters, digits and hyphens."))
    if any(witness.name == name for witness in round_.witnesses):
        raise InvalidField("name", _("Another witness of this round has this name."))
    verifier = _verifier(key)
    if verifier.public in {WitnessKey.parse(other.key).public for other in round_.witnesses}:
        raise InvalidField("key", _("Another witness of this round has this key."))
    try:
        Address.parse(address)
    except InvalidAddress as error:
        raise InvalidField(
            "address",
            _("An address begins with https:// (or http://), and has no “?”, “#” or “@”."),
        ) from error
    round_.witnesses.append(LogWitness(name=name, key=verifier.text, address=address))
    record_change(round_, by, "witnesses")


def remove_witness(witness: LogWitness, *, by: User | None) -> None:
    round_ = witness.round_
    refuse_sealed(round_)
    round_.witnesses.remove(witness)
    if not round_.witnesses:
        round_.witnesses_required = 0
    record_change(round_, by, "witnesses")


def require_witnesses(round_: Round, required: int, *, by: User | None) -> None:
    """Raises `InvalidField` for more than there are, or none."""
    refuse_sealed(round_)
    if not 1 <= required <= len(round_.witnesses):
        raise InvalidField(
            "required", _("Choose a number from 1 to %(most)d.", most=len(round_.witnesses))
        )
    round_.witnesses_required = required
    record_change(round_, by, "witnesses")


def policy_text(witnesses: Sequence[LogWitness], required: int) -> str | None:
    """The lines that the manifest seals: any `required` of the witnesses; None for no witnesses."""
    if not witnesses or not required:
        return None
    lines = [f"witness {found.name} {found.key} {found.address}\n" for found in witnesses]
    names = " ".join(found.name for found in witnesses)
    return "".join(lines) + f"group {GROUP} {required} {names}\nquorum {GROUP}\n"


def _verifier(key: str) -> WitnessKey:
    try:
        return WitnessKey.parse(key)
    except InvalidNote as error:
        raise InvalidField(
            "key",
            _("This is not the verifier key of a witness, as “tallying keygen” prints it."),
        ) from error
