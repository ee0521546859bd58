"""The report of a layer: what went in, what came out, and what became of the rest."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from tallying.errors import TallyingError
from tallying.evidence import canonical
from tallying.sealing.seal import LAYERS

SCHEMA = "pb.peel/1"
KEYS = {"boxes", "input", "key", "layer", "output", "round", "schema"}


class InvalidReport(TallyingError):
    """Bytes that are no report of a layer, or one whose figures do not add up."""


@dataclass(frozen=True)
class BoxReport:
    """One box: `input = output + undecryptable + duplicates`."""

    box: str
    input: int
    output: int
    undecryptable: int
    duplicates: int

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost or added."""
        return self.input == self.output + self.undecryptable + self.duplicates


@dataclass(frozen=True)
class Report:
    """`input` and `output` are the digests of the stages, `key` the public key in base64url."""

    round_id: str
    layer: str
    key: str
    input: str
    output: str
    boxes: tuple[BoxReport, ...]

    @property
    def digest(self) -> str:
        """What both machines sign."""
        return canonical.digest(self.to_json())

    @property
    def note_text(self) -> str:
        """The text of the note that both machines sign."""
        return f"{SCHEMA}\n{self.round_id}\n{self.layer}\n{self.digest}\n"

    def total(self, field: str) -> int:
        """The sum of `input`, `output`, `undecryptable` or `duplicates` over the boxes."""
        return sum(getattr(box, field) for box in self.boxes)

    def to_json(self) -> dict[str, Any]:
        """The report as it is written."""
        return {
            "boxes": [asdict(box) for box in self.boxes],
            "input": self.input,
            "key": self.key,
            "layer": self.layer,
            "output": self.output,
            "round": self.round_id,
            "schema": SCHEMA,
        }

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a report; raises `InvalidReport`."""
        try:
            return cls.from_json(canonical.loads(content))
        except canonical.NotCanonical as error:
            raise InvalidReport(str(error)) from error

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read a report's JSON; raises `InvalidReport`."""
        if not isinstance(value, dict) or set(value) != KEYS or value["schema"] != SCHEMA:
            raise InvalidReport(f"This is not the report of a layer ({SCHEMA}).")
        texts = (value[key] for key in ("round", "layer", "key", "input", "output"))
        if not all(isinstance(text, str) for text in texts) or value["layer"] not in LAYERS:
            raise InvalidReport("A report names round, layer, key and two stages.")
        if not isinstance(value["boxes"], list):
            raise InvalidReport("The boxes of a report are a list.")
        try:
            canonical.unb64u(value["key"])
        except canonical.NotCanonical as error:
            raise InvalidReport(f"The key of a report: {error}") from error
        boxes = tuple(map(_box, value["boxes"]))
        names = [box.box.encode() for box in boxes]
        if names != sorted(set(names)):
            raise InvalidReport(
                "The boxes of a report stand once each in the order of their bytes."
            )
        return cls(
            value["round"], value["layer"], value["key"], value["input"], value["output"], boxes
        )


def _box(value: Any) -> BoxReport:
    names = {field.name for field in fields(BoxReport)}
    if not isinstance(value, dict) or set(value) != names or not isinstance(value["box"], str):
        raise InvalidReport(f"A box of a report has the fields {', '.join(sorted(names))}.")
    counts = (value[name] for name in names - {"box"})
    if any(type(count) is not int or count < 0 for count in counts):
        raise InvalidReport("The figures of a report are whole numbers that are not negative.")
    box = BoxReport(**value)
    if not box.adds_up:
        raise InvalidReport(f"The figures of the box {box.box!r} do not add up.")
    return box
