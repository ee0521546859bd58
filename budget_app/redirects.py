"""Where a form may send its visitor: to this site, and nowhere else."""


def inner_address(target: str | None) -> str | None:
    """`target` when it is a path on this site, else None."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(character) < 32 for character in target):
        return None  # browsers read these as "/" or leave them out
    return target
