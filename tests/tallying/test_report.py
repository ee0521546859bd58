"""The report: one page that stands alone, in four languages, whatever a file holds."""

import json
import re
import zlib
from collections.abc import Iterator
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import html5lib
import pytest

from tallying.cli import main
from tallying.report.figures import decimal, percent
from tallying.wording import LANGUAGES

ELECTION = """META
key;value
description;{name}
country;Testland
unit;Town
instance;2026
num_projects;4
num_votes;7
budget;60
vote_type;approval
rule;greedy
currency;EUR
PROJECTS
project_id;cost;name;category;votes
1;30;{name};parks,roads;3
2;20;Bus <b>line</b> & "shelter";roads;4
3;20;Bike path;;4
4;50;Bridge;parks;2
VOTES
voter_id;vote
a;1,2
b;1,3
c;2,3,4
d;1,2,3
e;2,3
f;4
g;
"""
HOSTILE = '</style><script src="//evil.example/x.js">alert(1)</script><img src=x onerror=go()>'


def written(tmp_path: Path, *options: str, name: str = "Town budget", to: str = "o.html") -> bytes:
    source = tmp_path / "town.pb"
    source.write_text(ELECTION.format(name=name), encoding="utf8")
    out = tmp_path / to
    assert main(["report", str(source), "-o", str(out), *options]) == 0
    return out.read_bytes()


def parsed(page: bytes) -> "html5lib.treebuilders.etree.Element":
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=True)
    return parser.parse(page.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_valid_and_says_its_language(tmp_path: Path, language: str) -> None:
    tree = parsed(written(tmp_path, "--language", language, "--resample", "20"))
    assert tree.get("lang") == language
    assert len(tree.findall(".//h1")) == 1
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [link.get("href") for link in tree.iter("a")]
    assert len(links) == 10
    assert {link[1:] for link in links} <= set(ids)


def test_the_page_needs_no_network_and_runs_no_script(tmp_path: Path) -> None:
    tree = parsed(written(tmp_path))
    assert not [e.tag for e in tree.iter() if e.tag in {"script", "link", "img", "iframe", "use"}]
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name not in ("src", "href") or value.startswith("#")
            assert "url(" not in value
    assert "url(" not in (tree.find(".//style").text or "")


def test_names_from_a_file_stay_text(tmp_path: Path) -> None:
    tree = parsed(written(tmp_path, name=HOSTILE))
    assert not list(tree.iter("script"))
    assert not list(tree.iter("img"))
    assert "".join(tree.find(".//h1").itertext()) == HOSTILE
    names = ["".join(head.itertext()) for head in tree.findall(".//tbody//th")]
    assert 'Bus <b>line</b> & "shelter"' in names
    assert HOSTILE in names


def test_characters_that_no_page_may_hold_are_replaced(tmp_path: Path) -> None:
    page = written(tmp_path, name="Bell\x07 town\ufffe")
    assert "Bell\N{REPLACEMENT CHARACTER} town\N{REPLACEMENT CHARACTER}" in page.decode()
    parsed(page)


def test_the_same_count_gives_the_same_bytes(tmp_path: Path) -> None:
    options = ("--resample", "30", "--resample-seed", "5")
    assert written(tmp_path, *options) == written(tmp_path, *options)


def test_every_chart_has_a_name_and_a_table_with_its_numbers(tmp_path: Path) -> None:
    tree = parsed(written(tmp_path))
    figures = tree.findall(".//figure")
    assert len(figures) == 3
    for figure in figures:
        assert figure.find("div").get("aria-label")
        assert figure.find(".//figcaption").text
    assert len(tree.findall(".//table")) >= len(figures)


def test_the_result_is_told_in_one_sentence(tmp_path: Path) -> None:
    page = written(tmp_path).decode()
    assert (
        "2 of 4 projects are funded, for 40\N{NO-BREAK SPACE}EUR of 60\N{NO-BREAK SPACE}EUR."
        in page
    )
    spanish = written(tmp_path, "--language", "es").decode()
    assert "Se financian 2 de 4 proyectos" in spanish


def test_the_command_on_the_page_gives_the_digest_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--rule", "equal-shares", "--completion", "add1", "--set", "step=2")
    options += ("--ties", "lots", "--lots", "3,2,1,4")
    page = written(tmp_path, *options).decode()
    command = re.search(r"<code>tallying (.*?)</code>", page)
    assert command is not None
    arguments = command[1].split()
    arguments[1] = str(tmp_path / arguments[1])
    assert main([*arguments, "--json", str(tmp_path / "outcome.json")]) == 0
    capsys.readouterr()
    outcome = (tmp_path / "outcome.json").read_bytes().rstrip(b"\n")
    assert sha256(outcome).hexdigest() in page


def test_the_analysis_is_written_as_json_too(tmp_path: Path) -> None:
    written(tmp_path, "--json", str(tmp_path / "a.json"), "--resample", "10")
    analysis = json.loads((tmp_path / "a.json").read_bytes())
    assert analysis["schema"] == "tallying.analysis/1"
    assert analysis["satisfaction"]["represented"] == 5
    assert analysis["stability"]["recounts"] == 10


def test_a_pdf_opens_with_title_and_language(tmp_path: Path) -> None:
    content = written(tmp_path, "--language", "fr", to="o.pdf")
    assert content.startswith(b"%PDF-")
    inside = b"".join(_unpacked(content))
    assert re.search(rb"/Lang\s*\(fr\)", inside)
    assert b"pdfuaid" in inside
    assert "Town budget – Rapport".encode() in inside


def _unpacked(content: bytes) -> Iterator[bytes]:
    """The content of the file's streams."""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            yield zlib.decompress(stream)
        except zlib.error:
            yield stream


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "o.docx"], "o.docx: a report is written as .html or .pdf."),
        ([], "Say where the report goes"),
        (["-o", "o.html", "--resample", "-1"], "0 or more"),
        (["-o", "o.html", "--resample-seed", "4294967296"], "from 0 to 4294967295"),
    ],
)
def test_a_wrong_option_is_named(
    options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "town.pb"
    source.write_text(ELECTION.format(name="Town"), encoding="utf8")
    assert main(["report", str(source), *options]) == 2
    assert said in capsys.readouterr().err


def test_the_page_says_what_voters_with_the_same_ballot_paid(tmp_path: Path) -> None:
    """Of 60, twenty have 3 each; seventeen pay 20/17 for the bike path, and as much for the bus."""
    options = ("--rule", "equal-shares", "--ties", "lots", "--lots", "3,2,1,4")
    few = written(tmp_path, *options).decode()
    assert "No kind of ballot was cast by 10 voters or more" in few
    lines = "".join(f"v{number};2,3\n" for number in range(13))
    source = tmp_path / "town.pb"
    source.write_text(ELECTION.format(name="Town") + lines, encoding="utf8")
    out = tmp_path / "many.html"
    assert main(["report", str(source), "-o", str(out), *options]) == 0
    page = out.read_text(encoding="utf8").replace("\N{NO-BREAK SPACE}", " ")
    assert "Each voter could spend 3 EUR" in page
    row = re.search(r"<bdi>Bus [^<]*; Bike path</bdi>.*?</tr>", page, re.DOTALL)
    assert row is not None
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row[0], re.DOTALL)
    assert cells[0] == "14"
    assert "Bike path: 1.17 EUR" in cells[1]
    assert cells[2] == "0.64 EUR"


def test_the_report_speaks_of_ballots_and_counts_as_the_pages_do(tmp_path: Path) -> None:
    spanish = written(tmp_path, "--language", "es").decode()
    assert "Informe del escrutinio" in spanish
    assert "Costo" in spanish
    assert "Cédulas em branco" in written(tmp_path, "--language", "pt").decode()


def test_shares_are_written_as_each_language_does() -> None:
    assert percent(Fraction(9131, 10000), "en") == "91.3%"
    assert percent(Fraction(9131, 10000), "fr") == "91,3\N{NO-BREAK SPACE}%"
    assert percent(Fraction(1, 100000), "en") == "0.1%"
    assert percent(Fraction(99999, 100000), "en") == "99.9%"
    assert percent(Fraction(1), "pt") == "100%"
    assert decimal(Fraction(7, 3), "es", 2) == "2,33"


def test_the_report_begins_with_its_rule(tmp_path: Path) -> None:
    rule = ("--rule", "equal-shares", "--completion", "add1")
    page = written(tmp_path, *rule, "--ties", "lots", "--lots", "1,2,3,4").decode()
    assert '<p class="lead">Equal shares (equal-shares/add1). ' in page
    assert "✓\N{NO-BREAK SPACE}Funded" in page
