"""`make bench`: every benchmark, on the real elections that `PB_PABULIB` holds."""

import os
import sys
from pathlib import Path

from benchmarks import rules

FILES = (
    "Poland_Wieliczka_2023_Green_Budget.pb",
    "Poland_Krakow_2018.pb",
    "Poland_Warszawa_2026.pb",
)


def main() -> int:
    """Print one table per file; 1 when an outcome differs, 2 when there are no elections."""
    folder = Path(os.environ.get("PB_PABULIB", "nowhere"))
    found = [folder / name for name in FILES if (folder / name).exists()]
    if not found:
        print("PB_PABULIB names no folder with real elections.", file=sys.stderr)
        return 2
    codes = []
    for file in found:
        codes.append(rules.main([str(file)]))
        print()
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
