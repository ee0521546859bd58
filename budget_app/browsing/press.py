"""Makes a PDF (PDF/UA-1) of a page, as a process of its own: `python -m … PAGE.html FILE.pdf`.

The file appears whole or not at all.
"""

import os
import sys
from pathlib import Path

from tallying.report.pdf import pdf

GENTLY = 10
"""Below the server that shares the machine."""


def main(page: Path, target: Path) -> None:
    """Print `page`, and remove it."""
    os.nice(GENTLY)
    unfinished = target.with_suffix(".part")
    unfinished.write_bytes(pdf(page.read_bytes()))
    unfinished.replace(target)
    page.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
