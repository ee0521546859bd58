"""All that is said here is that a wheel carries its languages; everything else is in setup.cfg."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithTranslations(build_py):
    """Compiles the catalogs inside what is built; the checkout stays as it is."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # `make` compiles them in place
        for catalog in Path(self.build_lib).glob("*/translations/*/*/*.po"):
            with catalog.open("rb") as texts, catalog.with_suffix(".mo").open("wb") as compiled:
                write_mo(compiled, read_po(texts, locale=catalog.parts[-3]))


setup(cmdclass={"build_py": BuildWithTranslations})
