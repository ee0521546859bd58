"""Files that are sent: good, hostile, and full of what must not be published."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from budget_app.accounts import services as accounts
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalPicture, ProposalState
from budget_app.rounds.models import Project
from voting import clock

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
GPS, ORIENTATION, TURNED = 0x8825, 0x0112, 6


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), shade: int = 90) -> bytes:
    """A photograph with everything in its metadata that must not be published."""
    image = Image.new("RGB", size, (shade, 120, 60))
    image.paste((250, 250, 0), (0, 0, size[0] // 2, 20))
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    exif[ORIENTATION] = TURNED
    exif.get_ifd(GPS).update({1: "N", 2: (18.0, 28.0, 19.0), 3: "W", 4: (69.0, 53.0, 27.0)})
    options: dict[str, Any] = {"exif": exif.tobytes()}
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_text("Comment", "SECRET WORDS")
    elif kind == "JPEG":
        options["comment"] = b"SECRET WORDS"
    else:
        options["xmp"] = b"<x>SECRET WORDS</x>"
    written = BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it has so many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    pixels = zlib.compress(b"\0" * 10_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def give_photo(project: Project, digest: str) -> None:
    """Let a project come from a proposal with a picture."""
    now = clock.now(db.session())
    proposal = Proposal(
        round_=project.round_,
        district=project.district,
        author=accounts.ensure_user("author@example.org"),
        state=ProposalState.ACCEPTED,
        language="en",
        title="As it was proposed",
        cost=project.cost,
        created_at=now,
        submitted_at=now,
        reviewed_at=now,
    )
    facts = {"description": "A square", "width": 640, "height": 480, "large": b"", "small": b""}
    proposal.pictures.append(ProposalPicture(position=0, digest=digest, **facts))
    db.session.add(proposal)
    db.session.flush()
    project.proposal_id = proposal.id
