"""A generated round whose ballots are sealed in two layers, and what the layers are said to have given."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from benchmarks.open_round import BOX, ROUND, SIZE, OpenRound, act, key_named
from tallying.evidence import canonical
from tallying.evidence.notes import Signer, sign
from tallying.sealing.report import SCHEMA as PEEL
from tallying.sealing.seal import LAYER_BYTES, LAYERS, SUITE
from tallying.sealing.stages import Header, stage_lines


@dataclass
class SealedRound(OpenRound):
    """The same, sealed in two layers that one body each is said to have opened."""

    first = 4
    signers: tuple[Signer, ...] = field(
        default_factory=lambda: (key_named("body.example"), key_named("observer.example"))
    )

    def secrecy(self) -> dict[str, Any]:
        layers = [
            {
                "body": {"en": layer},
                "key": canonical.b64u(self.random("k", place)),
                "layer": layer,
                "signers": [signer.verifier_key for signer in self.signers],
            }
            for place, layer in enumerate(LAYERS)
        ]
        seal = {"layers": layers, "server_trust": False, "size": SIZE, "suite": SUITE}
        return {"secrecy": "sealed", "seal": seal}

    def envelope(self, cast: int) -> bytes:
        return self.random("e", cast, SIZE + 2 * LAYER_BYTES)

    def _plain(self, cast: int) -> bytes:
        nonce = canonical.b64u(self.random("n", cast, 16))
        return f'{{"choices":[{self.said(cast)}],"nonce":"{nonce}","v":1}}'.encode()

    def _stage(self, name: str, items: Iterable[bytes]) -> bytes:
        digest, counts = canonical.digest(self.manifest), {BOX: len(self.last)}
        header, file = Header(ROUND, digest, name, counts), io.BytesIO()
        file.writelines(stage_lines(header, ((BOX, item) for item in items)))
        return file.getvalue()

    @cached_property
    def _stages(self) -> dict[str, bytes]:
        casts = self.last.values()
        size = SIZE + LAYER_BYTES
        middle = sorted(casts, key=lambda cast: self.random("m", cast))
        return {
            "mid": self._stage("mid", (self.random("m", cast, size) for cast in middle)),
            "out": self._stage("out", sorted(map(self._plain, casts))),
        }

    @cached_property
    def _reports(self) -> dict[str, bytes]:
        given = self._stage("in", map(self.envelope, self.ordered(self.last.values())))
        digests = list(map(canonical.digest_of, (given, *self._stages.values())))
        return self._both(BOX, len(self.last), digests)

    @cached_property
    def _tests(self) -> dict[str, bytes]:
        digests = [canonical.digest_of(stage) for stage in (b"in", b"mid", b"out")]
        return self._both("key.test", 3, digests)

    def _both(self, box: str, items: int, digests: Sequence[str]) -> dict[str, bytes]:
        line = {"box": box, "duplicates": 0, "input": items, "output": items, "undecryptable": 0}
        return {
            layer: canonical.dumps(
                {
                    "boxes": [line],
                    "input": digests[place],
                    "key": self.manifest["seal"]["layers"][place]["key"],
                    "layer": layer,
                    "output": digests[place + 1],
                    "round": ROUND,
                    "schema": PEEL,
                }
            )
            for place, layer in enumerate(LAYERS)
        }

    def tested(self) -> list[bytes]:
        digests = {layer: canonical.digest_of(self._tests[layer]) for layer in LAYERS}
        expected = canonical.loads(self._tests[LAYERS[1]])["output"]
        return [act("key.test", **digests, expected=expected)]

    def opened(self) -> list[bytes]:
        return [
            act("layer", layer=layer, report=canonical.digest_of(self._reports[layer]))
            for layer in LAYERS
        ]

    def files(self) -> dict[str, bytes]:
        files = super().files()
        for folder, reports in (("layers", self._reports), ("layers/test", self._tests)):
            for layer, report in reports.items():
                text = f"{PEEL}\n{ROUND}\n{layer}\n{canonical.digest_of(report)}\n"
                files[f"{folder}/{layer}.json"] = report
                files[f"{folder}/{layer}.note"] = sign(text, *self.signers)
        for name, content in self._stages.items():
            files[f"layers/restricted/{name}.jsonl"] = content
        return files
