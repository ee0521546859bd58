"""Pictures as they are published: encoded here from the pixels alone, in two widths.

Nothing else of the file that was sent is kept: no place, no camera, no hidden preview.
"""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageFile, ImageOps

from budget_app.rounds.errors import InvalidField

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
"""What a phone takes; read whole it is 150 MB of memory."""
LEAST_SIDE = 200
LARGE, SMALL = 1600, 640
"""The longer side of what pages and cards show, in pixels."""
FORMATS = ("JPEG", "PNG", "WEBP")
MIMETYPE = "image/webp"
PAPER = (255, 255, 255)

# Pillow itself refuses above twice this number, and warns above it, before it reads any pixel.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


@dataclass(frozen=True)
class EncodedPicture:
    """Two WebP files of one picture; `digest` is the SHA-256 of the large one."""

    digest: str
    width: int
    height: int
    large: bytes
    small: bytes


def encode(content: bytes) -> EncodedPicture:
    """The picture in `content` (JPEG, PNG or WebP), upright, at most `LARGE` pixels long.

    Raises `InvalidField` for `picture`: too many bytes or pixels, too few, or no such picture.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(_l("This picture is larger than 10 MB: choose a smaller one."))
    upright = _read(content)
    large = _shrunk(upright, LARGE)
    first = _webp(large)
    return EncodedPicture(
        hashlib.sha256(first).hexdigest(), *large.size, first, _webp(_shrunk(large, SMALL))
    )


def _read(content: bytes) -> Image.Image:
    """The pixels, turned as the camera was held, on white where they are transparent."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the printer of PDFs, once imported, sets it for all
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            _check_size(opened.size)
            opened.draft("RGB", (LARGE, LARGE))  # a JPEG is read at half or a quarter of its size
            upright = ImageOps.exif_transpose(opened)
            return _on_paper(upright)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _refusal(_TOO_MANY) from None
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, TypeError):
        # What Pillow's readers raise on a damaged file, each format in its own way.
        raise _refusal(
            _l("This is no picture that can be read: choose a JPEG, PNG or WebP.")
        ) from None


def _check_size(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_PIXELS:
        raise _refusal(_TOO_MANY)
    if min(size) < LEAST_SIDE:
        raise _refusal(_l("This picture is too small: it needs at least 200 pixels each way."))


def _on_paper(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, PAPER)
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _shrunk(picture: Image.Image, longest: int) -> Image.Image:
    small = picture.copy()
    small.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return small


def _webp(picture: Image.Image) -> bytes:
    """Encoded from a bare copy of the pixels, so that no `info` of the original goes along."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    written = BytesIO()
    bare.save(written, "WEBP", quality=80, method=4)
    return written.getvalue()


_TOO_MANY = _l("This picture has more than 50 million pixels: choose a smaller one.")


def _refusal(sentence: object) -> InvalidField:
    return InvalidField("picture", str(sentence))
