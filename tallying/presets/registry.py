"""The presets by their names: every module beside this one that has a `PRESET`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from tallying import presets
from tallying.errors import InvalidRule
from tallying.presets.preset import Preset


@cache
def all_presets() -> dict[str, Preset]:
    """Id → preset, sorted by id."""
    names = [found.name for found in iter_modules(presets.__path__)]
    modules = [import_module(f"{presets.__name__}.{name}") for name in names]
    found = [module.PRESET for module in modules if hasattr(module, "PRESET")]
    return {preset.id: preset for preset in sorted(found, key=lambda preset: str(preset.id))}


def find(name: str) -> Preset:
    """The preset of this name; raises `InvalidRule`."""
    known = all_presets()
    if name not in known:
        raise InvalidRule(f"Unknown preset: {name}. Known: {', '.join(known)}.")
    return known[name]
