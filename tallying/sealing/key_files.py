"""The files of a layer's key: the public key, and the private one or its three shares."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tallying.errors import InvalidLayerKey, TallyingError
from tallying.evidence.canonical import b64u
from tallying.new_file import new_file
from tallying.sealing.bech32 import REMARK
from tallying.sealing.keys import LayerKey, fingerprint, generate, read_private
from tallying.sealing.shares import NEEDED, NUMBERS, Share, combine, split
from tallying.wording.catalogs import catalog

Secret = TypeVar("Secret")

ASKED = Path("-")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
OWNER_READS = 0o400
ALL_READ = 0o444
FOLDER_MODE = 0o700
LINE = 30
"""Six groups of four characters a line, so that a share is compared line by line."""


@dataclass(frozen=True)
class KeyFiles:
    """Where a new key lies: one `secret` file, or three when it was split."""

    public: Path
    secret: tuple[Path, ...]
    fingerprint: str


def write_key(name: str, folder: Path, *, in_shares: bool, language: str) -> KeyFiles:
    """Make a key and write its files into `folder`, with remarks in `language`.

    Raises `InvalidLayerKey` for a name that makes no file names, `TallyingError` when a file
    exists; then nothing is written.
    """
    if not NAME.fullmatch(name):
        raise InvalidLayerKey(
            "The name of a layer's key is made of letters, digits, dots, - and _: electoral-office."
        )
    key = read_private(generate()[0])
    secrets = _shares(name, key, language) if in_shares else _whole(name, key, language)
    contents = {f"{name}.public": f"{b64u(key.public)}\n", **secrets}
    paths = {file: folder / file for file in contents}
    for path in paths.values():
        if path.exists():
            raise TallyingError(f"{path} exists already; a key is never overwritten.")
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    for file, content in contents.items():
        mode = OWNER_READS if file in secrets else ALL_READ
        with new_file(paths[file], mode) as opened:
            opened.write(content.encode())
    public, *secret = paths.values()
    return KeyFiles(public, tuple(secret), fingerprint(key.public))


def read_key(
    whole: Path | None, shares: Sequence[Path], ask: Callable[[], Share] | None = None
) -> LayerKey:
    """The private key of a file, or of two shares; raises `InvalidLayerKey`.

    A share is in a file, or comes from `ask` where its path is `-`.
    """
    if (whole is None) == (not shares):
        raise InvalidLayerKey("Give --key FILE, or --share FILE twice if the key was split.")
    if whole is not None:
        return _read(whole, read_private)
    if len(shares) != NEEDED:
        raise InvalidLayerKey(f"Two shares are needed; {len(shares)} were given.")
    return combine(
        [ask() if ask and path == ASKED else _read(path, Share.parse) for path in shares]
    )


def _read(path: Path, read: Callable[[str], Secret]) -> Secret:
    try:
        return read(path.read_text(encoding="utf8"))
    except UnicodeDecodeError as error:
        raise InvalidLayerKey(f"{path} is not a text file.") from error
    except InvalidLayerKey as error:
        raise InvalidLayerKey(f"{path}: {error}") from error


def _whole(name: str, key: LayerKey, language: str) -> dict[str, str]:
    gettext = catalog(language).gettext
    remarks = [
        gettext("Private key of the layer %(name)s, fingerprint %(fingerprint)s.")
        % {"name": name, "fingerprint": fingerprint(key.public)},
        gettext("Whoever has this text can open the layer. It is never sent to anybody."),
    ]
    return {f"{name}.private": _sheet(remarks, key.text)}


def _shares(name: str, key: LayerKey, language: str) -> dict[str, str]:
    gettext = catalog(language).gettext
    sheets = {}
    for share in split(key):
        remarks = [
            gettext(
                "Share %(number)s of %(shares)s of the key %(name)s, fingerprint %(fingerprint)s."
            )
            % {
                "number": share.number,
                "shares": len(NUMBERS),
                "name": name,
                "fingerprint": fingerprint(key.public),
            },
            gettext("Any two shares give the key; one alone tells nothing."),
            gettext("Keep it apart from the others, in the hands of another person."),
        ]
        sheets[f"{name}.share-{share.number}"] = _sheet(remarks, share.text)
    return sheets


def _sheet(remarks: Sequence[str], text: str) -> str:
    """A file that can be printed, and read back with its remarks or without."""
    first, _, groups = text.partition(" ")
    lines = [groups[at : at + LINE].rstrip() for at in range(0, len(groups), LINE)]
    return "".join(
        [
            *(f"{REMARK} {remark}\n" for remark in remarks),
            *(f"{line}\n" for line in [first, *lines]),
        ]
    )
