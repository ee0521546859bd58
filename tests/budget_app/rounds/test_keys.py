"""The key ceremony on the pages: two bodies are named, try their keys, and open their layers."""

import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from budget_app.rounds.models import ActKind, RoundState, Secrecy
from tallying.evidence import canonical, notes
from tallying.sealing.keys import fingerprint, generate, read_private, read_public
from tallying.sealing.peel import peel
from tallying.sealing.shares import split
from tests.budget_app.booth.pages import Page
from tests.budget_app.rounds.office import SETUP, Browser, Office

LAYERS = ("outer", "inner")
PAGE = SETUP + "/conduct/layers"


@dataclass
class Bodies:
    """Two bodies with a machine and an observer each, on their own devices."""

    folder: Path
    private: dict[str, str] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)
    machines: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for layer in LAYERS:
            self.private[layer], self.public[layer] = generate()
            self.machines[layer] = [
                notes.generate_key(f"{layer}.example/{who}")[0] for who in ("body", "observer")
            ]

    def form(self, **changes: str) -> dict[str, str]:
        """What an administrator enters of them."""
        entered = {"secrecy": "sealed"}
        for layer in LAYERS:
            entered |= {f"{layer}_body_{code}": f"Body {layer}" for code in ("en", "es")}
            entered[f"{layer}_key"] = self.public[layer]
            for number, key in enumerate(self.machines[layer], start=1):
                entered[f"{layer}_signer_{number}"] = notes.Signer(key).verifier_key
        return entered | changes

    def open(self, layer: str, stage: bytes, *, machines: int = 2) -> dict[str, Any]:
        """The three files that a body brings."""
        source, target = self.folder / f"{layer}-in.jsonl", self.folder / f"{layer}-out.jsonl"
        source.write_bytes(stage)
        target.unlink(missing_ok=True)
        report = peel(source, target, read_private(self.private[layer]), layer)
        signers = [notes.Signer(key) for key in self.machines[layer][:machines]]
        return {
            "stage": (io.BytesIO(target.read_bytes()), "stage.jsonl"),
            "report": (io.BytesIO(canonical.dumps(report.to_json())), "report.json"),
            "note": (io.BytesIO(notes.sign(report.note_text, *signers)), "report.note"),
        }


@pytest.fixture
def bodies(tmp_path: Path) -> Bodies:
    folder = tmp_path / "bodies"
    folder.mkdir()
    return Bodies(folder)


@pytest.fixture
def sealed(office: Office, bodies: Bodies) -> Browser:
    """A sealed round whose two bodies hold their keys themselves."""
    office.fill()
    ada = office.browser("ada")
    ada.saved(SETUP + "/keys", bodies.form())
    ada.seals()
    return ada


def handed_out(ada: Browser) -> bytes:
    """The file that the next body is to open."""
    with ada.post(PAGE + "/stage") as answer:
        content: bytes = answer.data
    return content


def both_open(ada: Browser, bodies: Bodies) -> None:
    for layer in LAYERS:
        ada.saved(PAGE, bodies.open(layer, handed_out(ada)))


def test_a_new_round_is_sealed_and_needs_the_keys_of_two_bodies(office: Office) -> None:
    office.fill()
    with office.work():
        assert office.round_().secrecy is Secrecy.SEALED
    assert "The bodies that hold the keys are not named." in office.browser("ada").text(SETUP)


def test_the_roll_leads_on_to_the_keys(office: Office) -> None:
    office.fill()
    page = office.browser("ada").get(SETUP + "/roll").text
    assert re.search(rf'href="{SETUP}/keys">\s*Go on', page)


def test_two_bodies_try_their_keys_and_open_their_layers(
    office: Office, sealed: Browser, bodies: Bodies
) -> None:
    refused = sealed.post(SETUP + "/conduct/open")
    assert "must try their keys" in Page(refused.text).text
    assert "Body outer" in sealed.text(PAGE)
    both_open(sealed, bodies)
    assert "Both keys were tried" in sealed.text(PAGE)
    office.act(ActKind.OPEN)
    with office.work():
        assert office.round_().state is RoundState.OPEN
    with office.after_the_vote():
        office.act(ActKind.CLOSE)
        ada = office.browser("ada")
        refused = ada.post(SETUP + "/conduct/count")
        assert "must open their layer" in Page(refused.text).text
        both_open(ada, bodies)
        office.act(ActKind.COUNT)
    with office.work():
        assert office.round_().state is RoundState.COUNTED


def test_the_command_for_the_body_names_the_files_as_they_are_handed_out(
    sealed: Browser, bodies: Bodies
) -> None:
    for layer, stage in zip(LAYERS, ("in", "mid"), strict=True):
        with sealed.post(PAGE + "/stage") as answer:
            name = answer.headers["Content-Disposition"].rpartition("=")[2]
        page = sealed.text(PAGE)
        assert name == f"example_schools-test-{stage}.jsonl"
        assert f"tallying peel {name} --layer {layer}" in page
        assert "--manifest schools-rules.json" in page
        sealed.saved(PAGE, bodies.open(layer, handed_out(sealed)))
    rules = sealed.get("/en/example/rounds/schools/rules.json")
    assert "schools-rules.json" in rules.headers["Content-Disposition"]


def test_the_rules_name_the_bodies_and_show_the_fingerprints_of_their_keys(
    sealed: Browser, bodies: Bodies
) -> None:
    page = sealed.text("/en/example/rounds/schools/rules")
    assert "Who could read a ballot Secrecy: sealed." in " ".join(page.split())
    assert "kept offline: Body outer, and Body inner" in page
    outer, inner = (fingerprint(read_public(bodies.public[layer])) for layer in LAYERS)
    assert f"Fingerprints of their keys: {outer}, and {inner}." in page


def test_the_step_of_the_keys_shows_their_fingerprints_before_the_seal(
    office: Office, bodies: Bodies
) -> None:
    office.fill()
    ada = office.browser("ada")
    ada.saved(SETUP + "/keys", bodies.form())
    page = ada.text(SETUP + "/keys")
    for layer in LAYERS:
        assert f"Fingerprint of its key: {fingerprint(read_public(bodies.public[layer]))}." in page
    assert "Have both bodies confirmed" in ada.text(SETUP + "/seal")


@pytest.mark.one_store
def test_all_empty_fields_of_the_bodies_are_told_at_once_and_only_in_a_sealed_round(
    office: Office,
) -> None:
    office.fill()
    ada = office.browser("ada")
    answer = ada.post(SETUP + "/keys", {"secrecy": "sealed"})
    for layer in LAYERS:
        for name in ("body_en", "key", "signer_1", "signer_2"):
            assert f'id="{layer}_{name}-error"' in answer.text
    assert Page(answer.text).text.count("(optional)") == len(LAYERS)  # the body's Spanish name
    ada.saved(SETUP + "/keys", {"secrecy": "exercise"})


@pytest.mark.one_store
@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"outer_key": ""}, "outer_key", "cannot stay empty in a sealed round"),
        ({"inner_body_en": ""}, "inner_body_en", "cannot stay empty in a sealed round"),
        ({"outer_key": "abc"}, "outer_key", "not the public key of a layer"),
        ({"inner_signer_2": "abc"}, "inner_signer_2", "not a verifier key"),
    ],
)
def test_a_wrong_key_is_told_at_its_field_and_nothing_is_lost(
    office: Office, bodies: Bodies, changes: dict[str, str], place: str, sentence: str
) -> None:
    office.fill()
    answer = office.browser("ada").post(SETUP + "/keys", bodies.form(**changes))
    assert answer.status_code == 422
    assert f'id="{place}-error"' in answer.text
    assert sentence in Page(answer.text).text
    assert bodies.public["inner"] in answer.text


def private_keys(bodies: Bodies) -> dict[str, str]:
    """What must never leave a body, as people paste it."""
    key = bodies.private["outer"]
    return {
        "a layer's key": f"# Private key of the layer outer.\r\n{key}",
        "a key in small letters": key.lower().replace(" ", ""),
        "a key broken within its beginning": key.replace("LAYER", "LAY\r\nER"),
        "a share": split(read_private(key))[0].text,
        "a machine's key": bodies.machines["outer"][0],
    }


@pytest.mark.one_store
def test_a_private_key_is_refused_and_never_shown_again(office: Office, bodies: Bodies) -> None:
    office.fill()
    ada = office.browser("ada")
    for place in ("outer_key", "inner_signer_2", "outer_body_en"):
        for what, secret in private_keys(bodies).items():
            answer = ada.post(SETUP + "/keys", bodies.form(**{place: secret}))
            end = secret[-24:]
            assert (answer.status_code, end in answer.text) == (422, False), (place, what)
            assert f'id="{place}-error"' in answer.text, (place, what)
            assert "This is a private key, or a share of one" in Page(answer.text).text
            assert end not in ada.get(SETUP + "/keys").text, (place, what)


@pytest.mark.one_store
def test_a_file_with_a_private_key_is_refused_before_it_is_read(
    sealed: Browser, bodies: Bodies
) -> None:
    stage = handed_out(sealed)
    for place in ("stage", "report", "note"):
        files = bodies.open("outer", stage)
        files[place] = (io.BytesIO(bodies.private["outer"].encode()), "outer.private")
        answer = sealed.post(PAGE, files)
        assert answer.status_code == 422
        assert f'id="{place}-error"' in answer.text
        assert "This is a private key" in Page(answer.text).text
    both_open(sealed, bodies)


def test_one_key_or_machine_cannot_serve_twice(office: Office, bodies: Bodies) -> None:
    office.fill()
    ada = office.browser("ada")
    twice = bodies.form(inner_key=bodies.public["outer"])
    assert "Both bodies have the same key" in ada.post(SETUP + "/keys", twice).text
    twice = bodies.form(inner_signer_1=bodies.form()["outer_signer_1"])
    assert "is named already" in ada.post(SETUP + "/keys", twice).text


@pytest.mark.one_store
@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ({"report": b"{}"}, "not one that “tallying peel” writes"),
        ({"note": b"nothing"}, "not signed by the machines"),
        ({"stage": b"cut"}, "cannot be read, or was cut short"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(
    sealed: Browser, bodies: Bodies, spoil: dict[str, bytes], sentence: str
) -> None:
    files = bodies.open("outer", handed_out(sealed))
    files |= {name: (io.BytesIO(content), name) for name, content in spoil.items()}
    answer = sealed.post(PAGE, files)
    assert answer.status_code == 422
    assert sentence in Page(answer.text).text
    both_open(sealed, bodies)


def test_one_machine_alone_is_not_enough(sealed: Browser, bodies: Bodies) -> None:
    stage = handed_out(sealed)
    answer = sealed.post(PAGE, bodies.open("outer", stage, machines=1))
    assert "both machines must sign" in Page(answer.text).text


def test_a_body_with_another_key_than_the_sealed_one_is_found_by_the_test(
    sealed: Browser, bodies: Bodies
) -> None:
    bodies.private["outer"] = generate()[0]
    answer = sealed.post(PAGE, bodies.open("outer", handed_out(sealed)))
    assert "opened with another key" in Page(answer.text).text


@pytest.mark.one_store
def test_a_missing_file_is_told_at_its_field(sealed: Browser) -> None:
    answer = sealed.post(PAGE, {})
    assert answer.status_code == 422
    assert 'id="stage-error"' in answer.text


def test_layers_are_for_administrators_when_it_is_their_turn(
    office: Office, sealed: Browser
) -> None:
    assert office.browser("aude").get(PAGE).status_code == 403
    assert office.stranger().get(PAGE).status_code == 302
    with office.work():
        office.round_().secrecy = Secrecy.EXERCISE
    assert sealed.get(PAGE).status_code == 409


def test_layers_are_handed_out_and_taken_on_the_server_itself(
    office: Office, sealed: Browser, bodies: Bodies
) -> None:
    run = office.app.test_cli_runner().invoke
    for layer in LAYERS:
        answer = run(args=["pb", "hand-out-layer", "example/schools"])
        assert f"For the body of the {layer} layer" in answer.output
        stage = Path(answer.output.split(": ", 1)[1].strip())
        files = bodies.open(layer, stage.read_bytes())
        options = []
        for name, (content, _) in files.items():
            path = bodies.folder / name
            path.write_bytes(content.read())
            options += [f"--{name}", str(path)]
        answer = run(args=["pb", "take-layer", "example/schools", *options])
        assert answer.output.strip() == f"The {layer} layer is taken."
    answer = run(args=["pb", "take-layer", "example/schools", *options])
    assert "already_taken" in answer.output
    assert "Both keys were tried" in sealed.text(PAGE)


def test_a_round_without_a_layer_to_open_is_told(office: Office) -> None:
    office.seal()
    run = office.app.test_cli_runner().invoke
    for name, sentence in (
        ("example/schools", "No layer of this round is to be opened now."),
        ("example/nowhere", "There is no round “example/nowhere”."),
    ):
        answer = run(args=["pb", "hand-out-layer", name])
        assert answer.exit_code == 1
        assert sentence in answer.output
