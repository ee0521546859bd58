"""Exercises and demonstrations: the server stands in for both bodies, and says so.

It holds both private keys, so nothing is secret from it. What it does with them is what the bodies
do offline, by the same functions, so an exercise shows the real course of things.
"""

from collections.abc import Mapping
from pathlib import Path

from tallying.evidence import canonical, notes
from tallying.evidence.seal import Seal, SealedLayer
from tallying.sealing.peel import peel, stages_of
from tallying.sealing.seal import LAYERS
from voting import layers
from voting.database import Sessions, transaction
from voting.errors import WrongState
from voting.keys import KeyStore
from voting.models import LayerPurpose, PollState


def make_seal(keys: KeyStore, round_id: str, bodies: Mapping[str, Mapping[str, str]]) -> Seal:
    """A seal whose keys the server makes and keeps; `bodies` names who plays which layer."""
    keys.create_layer_keys(round_id)
    return Seal(
        layers=tuple(
            SealedLayer(
                layer,
                bodies[layer],
                keys.layer_key(round_id, layer).public,
                tuple(signer.verifier_key for signer in keys.layer_signers(round_id, layer)),
            )
            for layer in LAYERS
        ),
        server_trust=True,
    )


def open_layers(
    sessions: Sessions, keys: KeyStore, round_id: str, purpose: LayerPurpose, folder: Path
) -> None:
    """Open what is not opened yet, one transaction a layer; raises `WrongState` elsewhere."""
    with transaction(sessions) as session:
        seal = layers.seal_of(session, round_id)
        if not seal.server_trust:
            message = "The layers of this round are opened by their bodies."
            raise WrongState(message, PollState.COMMITTED)
        begin = layers.begin_test if purpose is LayerPurpose.TEST else layers.write_boxes
        begin(session, round_id, folder)
    for layer in LAYERS:
        with sessions() as session:
            if layer in layers.opened(session, round_id, purpose):
                continue
        _open(sessions, keys, round_id, purpose, folder, layer)


def _open(
    sessions: Sessions,
    keys: KeyStore,
    round_id: str,
    purpose: LayerPurpose,
    folder: Path,
    layer: str,
) -> None:
    source, target = (
        layers.stage_path(folder, round_id, purpose, stage) for stage in stages_of(layer)
    )
    draft = target.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    report = peel(source, draft, keys.layer_key(round_id, layer), layer, workers=1)
    note = notes.sign(report.note_text, *keys.layer_signers(round_id, layer))
    with transaction(sessions) as session:
        layers.accept(
            session,
            round_id,
            purpose,
            folder,
            stage=draft,
            report=canonical.dumps(report.to_json()),
            note=note,
        )
    draft.unlink()
