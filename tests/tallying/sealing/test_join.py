"""`join`: two machines agree or the count stops."""

from tests.tallying.sealing.ceremony import SIGNERS, Ceremony, replaced


def test_two_machines_that_disagree_stop_the_count_and_say_where(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    code, _, error = ceremony.join(*SIGNERS["outer"])
    assert code == 1
    assert "The two machines disagree; the count stops" in error
    assert "box north, input: 5 / 4" in error
    assert "box north, output: 5 / 4" in error
    assert "stage read: " in error
    assert not (ceremony.folder / "joined.note").exists()


def test_notes_without_their_reports_differ_in_what_they_sign(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    (ceremony.folder / "observer.example" / "report.json").unlink()
    code, _, error = ceremony.join(*SIGNERS["outer"])
    assert code == 1
    assert "digest of the report: " in error
    assert "box north" not in error


def test_a_report_that_is_not_the_signed_one_is_not_believed(ceremony: Ceremony) -> None:
    ceremony.peel_outer("office.example")
    ceremony.write_stage(4)
    ceremony.peel_outer("observer.example")
    replaced("observer.example/report.json", lambda old: old.replace(b":4,", b":9,"))(ceremony)
    _, _, error = ceremony.join(*SIGNERS["outer"])
    assert "9" not in error.split("digest of the report")[0].split("differ in")[1]
    assert "digest of the report: " in error


def test_join_refuses_one_machine_twice_and_signatures_of_others(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.peel_outer("office.example")
    ceremony.peel_outer("uni.example")
    code, _, error = ceremony.join("office.example", "office.example")
    assert (code, "Both notes are signed by office.example" in error) == (2, True)
    code, _, error = ceremony.join("office.example", "uni.example", *manifest)
    assert (code, "not signed by observer.example" in error) == (2, True)
    code, out, _ = ceremony.join("office.example", "uni.example")
    assert (code, "was not checked" in out) == (0, True)
    code, _, error = ceremony.join("office.example", "uni.example")
    assert (code, "exists already" in error) == (2, True)


def test_join_refuses_a_third_signature(ceremony: Ceremony) -> None:
    for name in (*SIGNERS["outer"], "uni.example"):
        ceremony.peel_outer(name)
    ceremony.join(*SIGNERS["outer"])
    code, _, error = ceremony.run(
        *("join", ceremony.folder / "joined.note", ceremony.folder / "uni.example" / "report.note"),
        *("--manifest", ceremony.folder / "round.json", "-o", ceremony.folder / "three.note"),
    )
    assert (code, "not signed by these two alone" in error) == (2, True)


def test_join_refuses_notes_of_another_round_than_the_manifests(ceremony: Ceremony) -> None:
    for name in SIGNERS["outer"]:
        ceremony.peel_outer(name)
    ceremony.write_manifest(round="assembly/gardens")
    code, _, error = ceremony.join(*SIGNERS["outer"], "--manifest", ceremony.folder / "round.json")
    assert (code, "the manifest is of assembly/gardens" in error) == (2, True)


def test_join_refuses_a_forged_signature_and_another_kind_of_note(ceremony: Ceremony) -> None:
    manifest = ("--manifest", ceremony.folder / "round.json")
    ceremony.peel_outer("office.example")
    ceremony.peel_outer("observer.example")
    note = ceremony.folder / "observer.example" / "report.note"
    honest = note.read_bytes()
    name, signature = honest.decode().splitlines()[-1].split(" ")[1:]
    other = signature[:20] + ("A" if signature[20] != "A" else "B") + signature[21:]
    note.write_bytes(honest.replace(signature.encode(), other.encode()))
    code, _, error = ceremony.join(*SIGNERS["outer"], *manifest)
    assert (code, f"The signature of {name} does not fit" in error) == (2, True)
    for text in (b"something else\n", honest.split(b"\n\n")[0].replace(b"outer", b"top") + b"\n"):
        note.write_bytes(text + b"\n" + honest.split(b"\n\n")[1])
        code, _, error = ceremony.join(*SIGNERS["outer"], *manifest)
        assert (code, "not the note of a layer" in error) == (2, True)
