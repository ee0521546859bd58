"""What two machines say of the same layer: one note with both signatures, or how they differ."""

from collections.abc import Iterable

from tallying.errors import TallyingError
from tallying.evidence.canonical import unb64u
from tallying.evidence.notes import (
    InvalidNote,
    Verifier,
    open_note,
    signatures_of,
    text_of,
)
from tallying.sealing.keys import fingerprint
from tallying.sealing.report import SCHEMA, BoxReport, Report
from tallying.sealing.seal import LAYERS

NOTE_LINES = ("format", "round", "layer", "digest of the report")
FIGURES = ("input", "output", "undecryptable", "duplicates")


class Disagreement(TallyingError):
    """Two machines that report different things: the count stops."""

    exit_code = 1


def join(first: bytes, second: bytes) -> bytes:
    """The note of the text that both signed, with both signatures.

    Raises `InvalidNote` for what is no note of a layer, or twice the same signer's, and
    `Disagreement` naming the lines that differ.
    """
    one, other = _lines(first), _lines(second)
    if one != other:
        raise Disagreement(
            "\n".join(
                f"{name}: {ours} / {theirs}"
                for name, ours, theirs in zip(NOTE_LINES, one, other, strict=True)
                if ours != theirs
            )
        )
    ours, theirs = signatures_of(first), signatures_of(second)
    if set(ours) & set(theirs):
        raise InvalidNote(f"Both notes are signed by {', '.join(sorted(ours))}.")
    signatures = "".join(f"{line}\n" for line in [*ours.values(), *theirs.values()])
    return f"{text_of(first)}\n{signatures}".encode()


def check_signatures(note: bytes, signers: Iterable[Verifier]) -> None:
    """Raises `InvalidNote` unless every one of `signers` signed the note, and nobody else."""
    signers = tuple(signers)
    opened = open_note(note, signers)
    missing = [signer.name for signer in signers if signer not in opened.verified]
    if missing or opened.unknown:
        raise InvalidNote(f"It is not signed by {' and '.join(missing) or 'these two alone'}.")


def differences(one: Report, other: Report) -> list[str]:
    """What two reports of a layer tell differently, one line each."""
    found = [
        f"{name}: {ours} / {theirs}"
        for name, ours, theirs in (
            ("round", one.round_id, other.round_id),
            ("layer", one.layer, other.layer),
            ("key", fingerprint(unb64u(one.key)), fingerprint(unb64u(other.key))),
            ("stage read", one.input, other.input),
            ("stage written", one.output, other.output),
        )
        if ours != theirs
    ]
    ours, theirs = ({box.box: box for box in report.boxes} for report in (one, other))
    for name in sorted(ours.keys() | theirs.keys(), key=lambda name: name.encode()):
        found += _box_differences(name, ours.get(name), theirs.get(name))
    return found


def _box_differences(name: str, one: BoxReport | None, other: BoxReport | None) -> list[str]:
    if one is None or other is None:
        return [f"box {name}: only one machine has it"]
    return [
        f"box {name}, {figure}: {getattr(one, figure)} / {getattr(other, figure)}"
        for figure in FIGURES
        if getattr(one, figure) != getattr(other, figure)
    ]


def _lines(note: bytes) -> list[str]:
    lines = text_of(note).splitlines()
    if len(lines) != len(NOTE_LINES) or lines[0] != SCHEMA or lines[2] not in LAYERS:
        raise InvalidNote("This is not the note of a layer.")
    return lines
