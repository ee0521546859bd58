"""The second verifier, as every bundle carries it: `pbverify.py` and what its checks mean.

`pbverify.py` imports nothing of this package, and nothing of this package imports it.
"""

from importlib import resources

FOLDER = "verify"
NAMES = ("CHECKS.md", "pbverify.py")


def files() -> dict[str, bytes]:
    """Path in the bundle → content."""
    here = resources.files(__name__)
    return {f"{FOLDER}/{name}": (here / name).read_bytes() for name in NAMES}
