"""Files as they come: of pictures nothing but the pixels is published, and nothing is too large."""

from io import BytesIO

import pytest
from PIL import Image

from budget_app.proposals.encoding import MOST_BYTES, encode
from budget_app.proposals.files import read_attachment
from budget_app.rounds.errors import InvalidField
from tests.budget_app.proposals.pictures import PDF, SVG, bomb, picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_are_kept_and_they_stand_upright(kind: str) -> None:
    encoded = encode(picture(kind, (2400, 1800)))
    for content, longest in ((encoded.large, 1600), (encoded.small, 640)):
        with Image.open(BytesIO(content)) as read:
            assert (read.format, read.size) == ("WEBP", (longest * 3 // 4, longest))
            assert dict(read.getexif()) == {}
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(read.info)
        assert b"SECRET" not in content


def test_transparent_pixels_become_paper() -> None:
    written = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(written, "PNG")
    with Image.open(BytesIO(encode(written.getvalue()).small)) as read:
        assert min(read.getpixel((150, 150))) > 245  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (SVG, "no picture that can be read"),
        (b"", "no picture that can be read"),
        (PDF, "no picture that can be read"),
        (picture()[:300], "no picture that can be read"),
        (picture("PNG")[:-40], "no picture that can be read"),
        (bomb(60_000, 60_000), "50 million pixels"),
        (bomb(9_000, 9_000), "50 million pixels"),
        (bomb(2**31 - 1, 2**31 - 1), "50 million pixels"),
        (bomb(4_000, 4_000), "no picture that can be read"),
        (picture(size=(100, 900)), "at least 200 pixels"),
        (b"\xff" * (MOST_BYTES + 1), "larger than 10 MB"),
    ],
    ids=[
        "svg",
        "empty",
        "pdf",
        "cut",
        "cut png",
        "bomb",
        "big",
        "huge",
        "hollow",
        "narrow",
        "heavy",
    ],
)
def test_what_is_no_picture_or_too_much_is_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidField, match=sentence):
        encode(content)


def test_an_attachment_is_not_too_large() -> None:
    with pytest.raises(InvalidField, match="larger than 10 MB"):
        read_attachment(b"%PDF-1.7" + b"x" * MOST_BYTES + b"%%EOF")
