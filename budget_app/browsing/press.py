"""Makes a PDF (PDF/UA-1) of a page, as a process of its own: `python -m … PAGE.html FILE.pdf`.

Its pictures lie beside it, in the folder `PAGE.pictures`, and are printed small: the more there
are, the smaller. One that is missing or damaged is left out. The file appears whole or not at all.
"""

import base64
import os
import re
import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from tallying.report.pdf import pdf

GENTLY = 10
"""Below the server that shares the machine."""
LONGEST_SIDE, SHORTEST_SIDE = 480, 120
"""In pixels: 200 to the inch where few are printed, and what a picture still shows."""
FULL_SIZED = 200
"""So many pictures are printed in full; more share the same number of pixels, some 8 MB."""
QUALITY = 70
PICTURE = re.compile(r'<img [^>]*src="picture:([0-9a-f]{64})"[^>]*>')


def main(page: Path, target: Path) -> None:
    """Print `page`, and remove it and its pictures."""
    os.nice(GENTLY)
    pictures = page.with_suffix(".pictures")
    whole = with_pictures(page.read_text(encoding="utf8"), pictures)
    unfinished = target.with_suffix(".part")
    unfinished.write_bytes(pdf(whole.encode()))
    unfinished.replace(target)
    page.unlink(missing_ok=True)
    shutil.rmtree(pictures, ignore_errors=True)


def with_pictures(html: str, folder: Path) -> str:
    """The page with each picture written into it, or left out where the folder has none to show."""
    number = len(PICTURE.findall(html))
    side = max(round(LONGEST_SIDE * min(1.0, FULL_SIZED / max(number, 1)) ** 0.5), SHORTEST_SIDE)

    def written(found: re.Match[str]) -> str:
        content = _small(folder / f"{found[1]}.webp", side)
        address = f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"
        return found[0].replace(f"picture:{found[1]}", address) if content else ""

    return PICTURE.sub(written, html)


def _small(file: Path, side: int) -> bytes:
    """The picture as a JPEG of at most `side` pixels; nothing when it cannot be read."""
    written = BytesIO()
    try:
        with Image.open(file, formats=("WEBP",)) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    except (OSError, ValueError):
        return b""
    return written.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
