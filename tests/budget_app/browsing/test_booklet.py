"""Pictures in the booklet: small, described, and left out where they are missing."""

import base64
import hashlib
import re
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from budget_app.browsing import booklet, press
from budget_app.browsing.models import Booklet
from budget_app.extensions import db
from budget_app.proposals.encoding import encode
from budget_app.proposals.models import ProposalPicture, ProposalState
from budget_app.rounds.models import Project
from tallying.report.pdf import ForbiddenResource, pdf
from tests.budget_app.browsing.scenes import Proposing

PAGE = (
    '<!doctype html><html lang="en"><head><title>T</title></head><body><h1>T</h1>{}</body></html>'
)


def picture(name: str) -> str:
    return f'<img class="picture" src="picture:{name}" alt="A &quot;roof&quot; &gt; 2">'


def put(folder: Path, content: bytes) -> str:
    name = hashlib.sha256(content).hexdigest()
    (folder / f"{name}.webp").write_bytes(content)
    return name


def webp(colour: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (640, 480), colour).save(written, "WEBP")
    return written.getvalue()


def sizes(page: str) -> list[tuple[int, int]]:
    contents = re.findall(r"data:image/jpeg;base64,([^\"]+)", page)
    return [Image.open(BytesIO(base64.b64decode(each))).size for each in contents]


def test_pictures_are_printed_small_and_smaller_where_there_are_many(tmp_path: Path) -> None:
    name = put(tmp_path, webp("teal"))
    few = press.with_pictures(picture(name), tmp_path)
    assert sizes(few) == [(480, 360)]
    assert 'alt="A &quot;roof&quot; &gt; 2"' in few
    number = 4 * press.FULL_SIZED
    many = press.with_pictures(picture(name) + picture("0" * 64) * (number - 1), tmp_path)
    assert sizes(many) == [(240, 180)]
    huge = press.with_pictures(picture(name) + picture("0" * 64) * 100_000, tmp_path)
    assert sizes(huge) == [(120, 90)]


def test_a_picture_that_is_missing_or_damaged_is_left_out(tmp_path: Path) -> None:
    names = [put(tmp_path, content) for content in (b"", b"GIF89a", webp("red")[:200])]
    page = "before " + "".join(map(picture, [*names, "f" * 64])) + " after"
    assert press.with_pictures(page, tmp_path) == "before  after"


def test_the_printed_picture_is_tagged_with_its_description(tmp_path: Path) -> None:
    pictures, page = tmp_path / "b.pictures", tmp_path / "b.html"
    pictures.mkdir()
    name = put(pictures, webp("teal"))
    page.write_text(PAGE.format(picture(name) + picture("0" * 64)), encoding="utf8")
    press.main(page, tmp_path / "b.pdf")
    inside = unpacked((tmp_path / "b.pdf").read_bytes())
    assert inside.count(b"/S/Figure") + inside.count(b"/S /Figure") == 1
    assert inside.count(b"/Alt") == 1
    assert b"pdfuaid" in inside
    assert [file.name for file in tmp_path.iterdir()] == ["b.pdf"]


def test_a_page_that_loads_what_is_not_in_it_is_not_printed() -> None:
    for address in ("http://127.0.0.1:9/a.png", "file:///etc/hostname", "picture:" + "0" * 64):
        with pytest.raises(ForbiddenResource, match="loads something"):
            pdf(PAGE.format(f'<img src="{address}" alt="">').encode())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_to_print_has_the_first_picture_of_each_proposal(scene: Proposing) -> None:
    number = scene.propose("Un techo", language="es", state=ProposalState.ACCEPTED, cost=1)
    written = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(written, "PNG")
    with scene.office.work():
        encoded = encode(written.getvalue())
        for position, text in ((2, "Otra"), (1, "La <escuela> sin techo")):
            facts = vars(encoded) | {"digest": str(position) * 64}
            db.session.add(
                ProposalPicture(proposal_id=number, position=position, description=text, **facts)
            )
        round_ = scene.office.round_()
        facts = {"key": "p001", "names": {"es": "Un techo"}, "cost": 1}
        db.session.add(
            Project(round_=round_, district=round_.districts[0], proposal_id=number, **facts)
        )
        db.session.flush()
        before = booklet.digest(round_, "es")
        booklet.ask(round_, "es")
        page = booklet.page(db.session.scalars(db.select(Booklet)).one())
        assert page.count("<img") == 1
        assert f'src="picture:{"1" * 64}" lang="es" alt="La &lt;escuela&gt; sin techo"' in page
        first = db.session.scalars(db.select(ProposalPicture).filter_by(position=1)).one()
        first.description = "La escuela"
        db.session.flush()
        assert booklet.digest(round_, "es") != before


def unpacked(content: bytes) -> bytes:
    """The file with its packed streams in the clear."""
    clear = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            clear.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(clear)
