"""Copies the modules that seal ballots in the browser out of npm's packages, named by version.

In an empty folder: `npm install --ignore-scripts @hpke/core@… @hpke/common@…
@hpke/hybridkem-x-wing@…`, then here `.venv/bin/python tools/vendor_hpke.py FOLDER`.

A browser knows no bare name (`from "@hpke/common"`) without an import map, and the content
security policy allows no inline one. So each bare import becomes relative imports of the very
modules that define the names: nothing but those is copied, and nothing else in a file changes.
"""

import json
import re
import shutil
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

STATIC = Path(__file__).parent.parent / "budget_app" / "static"
TARGET = STATIC / "vendor" / "hpke"
LIST = STATIC / "js" / "seal-modules.js"
LIST_HEAD = """\
// Written by tools/vendor_hpke.py: the modules of others that seal.js loads, directly or by each
// other. A page that knows them asks for all at once, not for each when another one names it.

"""
ENTRIES = {
    "@hpke/core": ("src/native.js", "src/aeads/aesGcm.js"),
    "@hpke/hybridkem-x-wing": ("src/xWing.js",),
}

IMPORT = re.compile(r'^import (?P<what>.+) from "(?P<source>[^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r'^export (?P<what>\*|\{.*\}) from "(?P<source>[^"]+)";$', re.MULTILINE)
DEFINITION = re.compile(r"^export (?:async )?(?:class|function|const) (\w+)", re.MULTILINE)


@dataclass
class Packages:
    """What npm installed in `folder`; `copied` is each module's path → its original bytes."""

    folder: Path
    copied: dict[str, bytes] = field(default_factory=dict)

    def versions(self) -> dict[str, dict[str, Any]]:
        """Each package by its name, with npm's own digest of its archive."""
        lock = json.loads((self.folder / "package-lock.json").read_bytes())["packages"]
        return {path.removeprefix("node_modules/"): lock[path] for path in sorted(lock) if path}

    def source(self, package: str, path: str) -> str:
        return (self.folder / "node_modules" / package / "esm" / path).read_text(encoding="utf8")

    def home(self, package: str) -> str:
        """The folder of a package: its own name and version."""
        return f"{package.rpartition('/')[2]}-{self.versions()[package]['version']}"

    def definer(self, package: str, path: str, name: str) -> str:
        """The module of the package that defines `name`, which `path` exports."""
        text = self.source(package, path)
        if name in DEFINITION.findall(text):
            return path
        for found in EXPORT.finditer(text):
            names = re.findall(r"\w+", found["what"])
            beyond = _joined(path, found["source"])
            if name in names or (found["what"] == "*" and self._defines(package, beyond, name)):
                return self.definer(package, beyond, name)
        raise LookupError(f"{package} exports no {name}.")

    def _defines(self, package: str, path: str, name: str) -> bool:
        return name in DEFINITION.findall(self.source(package, path))

    def copy(self, package: str, path: str) -> None:
        """Copy a module and all that it imports."""
        place = f"{self.home(package)}/{path}"
        if place in self.copied:
            return
        text = self.source(package, path)
        self.copied[place] = text.encode()
        written = IMPORT.sub(lambda found: self._rewritten(package, path, found), text)
        written = EXPORT.sub(lambda found: self._rewritten(package, path, found), written)
        target = TARGET / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(written, encoding="utf8")

    def _rewritten(self, package: str, path: str, found: re.Match[str]) -> str:
        source = found["source"]
        if source.startswith("."):
            self.copy(package, _joined(path, source))
            return found[0]
        modules: dict[str, list[str]] = {}
        for name in re.findall(r"\w+", found["what"]):
            modules.setdefault(self.definer(source, "mod.js", name), []).append(name)
        lines = []
        for module, names in modules.items():
            self.copy(source, module)
            up = "../" * len(PurePosixPath(path).parts)
            address = f"{up}{self.home(source)}/{module}"
            lines.append(f'import {{ {", ".join(names)} }} from "{address}";')
        return "\n".join(lines)

    def manifest(self) -> dict[str, Any]:
        """Packages with versions and npm's digests; SHA-256 of each module before and after."""
        versions = self.versions()
        return {
            "packages": {
                name: {key: versions[name][key] for key in ("version", "license", "integrity")}
                for name in versions
            },
            "modules": {
                place: {
                    "sha256": sha256((TARGET / place).read_bytes()).hexdigest(),
                    "sha256_in_package": sha256(original).hexdigest(),
                }
                for place, original in sorted(self.copied.items())
            },
        }

    def listed(self) -> str:
        """The script that names every module copied, from the folder of the scripts."""
        names = "".join(f'  "../vendor/hpke/{place}",\n' for place in sorted(self.copied))
        return f"{LIST_HEAD}export const MODULES = [\n{names}];\n"


def _joined(path: str, source: str) -> str:
    """The path that a relative import in the module `path` leads to."""
    parts: list[str] = list(PurePosixPath(path).parent.parts)
    for part in PurePosixPath(source).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def main(folder: Path) -> None:
    packages = Packages(folder)
    shutil.rmtree(TARGET, ignore_errors=True)
    for package, paths in ENTRIES.items():
        for path in paths:
            packages.copy(package, path)
    for package in packages.versions():
        license_ = folder / "node_modules" / package / "LICENSE"
        shutil.copyfile(license_, TARGET / packages.home(package) / "LICENSE")
    text = json.dumps(packages.manifest(), indent=1) + "\n"
    (TARGET / "manifest.json").write_text(text, encoding="utf8")
    LIST.write_text(packages.listed(), encoding="utf8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
