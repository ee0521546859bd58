"""Who could read a ballot of a round: the verbs of its keys, before the seal and after."""

from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from budget_app.accounts.models import User
from budget_app.extensions import db, new_sessions
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round, RoundState, Secrecy
from budget_app.rounds.unsealed import record_change, refuse_sealed
from tallying.errors import InvalidLayerKey
from tallying.evidence.notes import InvalidNote, Verifier
from tallying.evidence.seal import INNER, OUTER, Seal
from tallying.sealing.keys import fingerprint, read_public
from voting import layers, server_trust
from voting.models import LayerPurpose, OpenedLayer

EVIDENCE = "evidence"
"""The folder of the stages and bundles, below the instance folder."""

PLAYED = {
    OUTER: {
        "en": "Electoral office (exercise)",
        "es": "Oficina electoral (simulacro)",
        "fr": "Bureau électoral (simulation)",
        "pt": "Gabinete eleitoral (simulação)",
    },
    INNER: {
        "en": "Court of audit (exercise)",
        "es": "Tribunal de cuentas (simulacro)",
        "fr": "Cour des comptes (simulation)",
        "pt": "Tribunal de contas (simulação)",
    },
}
"""Who the server plays where it holds both keys itself."""


def evidence_folder() -> Path:
    """Where stages and bundles stand."""
    return Path(current_app.instance_path) / EVIDENCE


def choose_open(round_: Round, *, by: User | None) -> None:
    """Let the server keep readable ballots."""
    _choose(round_, Secrecy.OPEN, {}, by)


def choose_exercise(round_: Round, *, by: User | None) -> None:
    """Seal ballots to two keys that the server makes and keeps itself."""
    seal = server_trust.make_seal(current_app.extensions["keys"], round_.poll_id, PLAYED)
    _choose(round_, Secrecy.EXERCISE, _stored(seal), by)


def choose_sealed(round_: Round, bodies: dict[str, dict[str, Any]], *, by: User | None) -> None:
    """Seal ballots to the keys of two bodies.

    `bodies` gives for each layer the body's names by language, its public key and the verifier
    keys of its two machines. Raises `InvalidField`, as `outer_key` or `inner_signer_2`.
    """
    signers: set[str] = set()
    for layer, body in bodies.items():
        _check_key(f"{layer}_key", body["key"])
        for number, text in enumerate(body["signers"], start=1):
            _check_signer(f"{layer}_signer_{number}", text, signers)
    if bodies[OUTER]["key"] == bodies[INNER]["key"]:
        raise InvalidField("inner_key", _("Both bodies have the same key: each needs its own."))
    _choose(round_, Secrecy.SEALED, bodies, by)


def fingerprints(round_: Round) -> dict[str, str]:
    """The fingerprints of the keys that the two bodies made, by layer, to compare with theirs."""
    if round_.secrecy is not Secrecy.SEALED:
        return {}
    return {layer: fingerprint(read_public(body["key"])) for layer, body in round_.bodies.items()}


def _check_key(field: str, text: str) -> None:
    try:
        read_public(text)
    except InvalidLayerKey as error:
        message = _("This is not the public key of a layer, as “tallying keygen” prints it.")
        raise InvalidField(field, message) from error


def _check_signer(field: str, text: str, seen: set[str]) -> None:
    try:
        Verifier.parse(text)
    except InvalidNote as error:
        message = _("This is not a verifier key: it reads NAME+HASH+KEY.")
        raise InvalidField(field, message) from error
    if text in seen:
        raise InvalidField(field, _("This machine is named already: each needs a key of its own."))
    seen.add(text)


def _choose(
    round_: Round, secrecy: Secrecy, bodies: dict[str, dict[str, Any]], by: User | None
) -> None:
    refuse_sealed(round_)
    round_.secrecy, round_.bodies = secrecy, bodies
    record_change(round_, by, "keys")


def _stored(seal: Seal) -> dict[str, dict[str, Any]]:
    return {item.pop("layer"): item for item in map(dict, seal.to_json()["layers"])}


def purpose_of(round_: Round) -> LayerPurpose | None:
    """What its bodies are to open now; None when it is not their turn."""
    if round_.secrecy is not Secrecy.SEALED:
        return None
    if round_.state is RoundState.SEALED:
        return LayerPurpose.TEST
    return LayerPurpose.COUNT if round_.state is RoundState.CLOSED else None


def awaited_layer(round_: Round) -> str | None:
    """The layer that is to be opened before the next act; None when nothing is awaited."""
    purpose = purpose_of(round_)
    return None if purpose is None else layers.awaited(db.session(), round_.poll_id, purpose)


def stage_to_open(round_: Round, purpose: LayerPurpose) -> Path:
    """The file that the next body is to open, written where it is not there yet."""
    session, folder = db.session(), evidence_folder()
    begin = layers.begin_test if purpose is LayerPurpose.TEST else layers.write_boxes
    first = begin(session, round_.poll_id, folder)
    if layers.awaited(session, round_.poll_id, purpose) == INNER:
        return layers.stage_path(folder, round_.poll_id, purpose, "mid")
    return first


def name_of_stage(round_: Round, purpose: LayerPurpose, stage: str) -> str:
    """What the file of a stage is called when it is handed out."""
    return layers.stage_path(evidence_folder(), round_.poll_id, purpose, stage).name


def take_layer(
    round_: Round,
    purpose: LayerPurpose,
    *,
    stage: Path,
    report: bytes,
    note: bytes,
    by: User | None,
) -> OpenedLayer:
    """Take the three files that a body brings; `by` None is who runs the server.

    Raises `voting.errors.LayerRefused`; then nothing is taken.
    """
    opened = layers.accept(
        db.session(),
        round_.poll_id,
        purpose,
        evidence_folder(),
        stage=stage,
        report=report,
        note=note,
    )
    record(Act.LAYER_OPENED, actor=by, round_=round_, layer=opened.layer, purpose=purpose.value)
    return opened


def open_exercise(poll_id: str, purpose: LayerPurpose) -> None:
    """Do what the bodies of an exercise would do; in transactions of its own.

    The caller holds no transaction: SQLite has one writer.
    """
    server_trust.open_layers(
        new_sessions(), current_app.extensions["keys"], poll_id, purpose, evidence_folder()
    )
