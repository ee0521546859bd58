"""`make mutation`: how many of a fixed sample of mutants the tests notice, and the others in full.

mutmut makes the mutants and runs the tests, in a copy of the project. The sample of a module depends
on the seed and the module's text alone.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.stats import status_by_exit_code
from mutmut.utils.format_utils import get_mutant_name

from tests.mutation.modules import TESTS

ROOT = Path(__file__).parents[2]
COPY = ROOT / ".mutation"
MUTMUT = Path(sys.executable).with_name("mutmut")
NOTICED = ("killed", "timeout", "segfault")

CONFIGURATION = """
[mutmut]
source_paths = tallying
only_mutate = {path}
pytest_add_cli_args =
    -p
    tests.mutation.fewer_examples
pytest_add_cli_args_test_selection =
    {tests}
timeout_multiplier = 5
timeout_constant = 2
track_dependencies = false
use_git_change_detection = false
"""


def main() -> None:
    """Try the sampled mutants of the modules that are named, or else of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="such as rules/walk")
    parser.add_argument("--sample", type=int, default=30, help="mutants of each module")
    parser.add_argument("--seed", default="1", help="what the sample is drawn by")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    unknown = sorted(set(asked.modules) - set(TESTS))
    if unknown:
        parser.error(f"There is no module {unknown[0]}; there are {', '.join(TESTS)}.")
    _copy_project()
    print("| module | mutants | tried | noticed | survived |", "|---|--:|--:|--:|--:|", sep="\n")
    for module in asked.modules or TESTS:
        _try(module, asked)


def _copy_project() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for folder in ("tallying", "tests"):
        shutil.copytree(ROOT / folder, COPY / folder)
    shutil.copy2(ROOT / "setup.cfg", COPY)


def _try(module: str, asked: argparse.Namespace) -> None:
    """Run one module's sample: its line goes to standard output, each survivor to standard error."""
    path = Path("tallying") / f"{module}.py"
    tests = "\n    ".join(f"tests/tallying/test_{part}.py" for part in TESTS[module])
    shutil.rmtree(COPY / "mutants", ignore_errors=True)
    settings = CONFIGURATION.format(path=path, tests=tests)
    (COPY / "setup.cfg").write_text((ROOT / "setup.cfg").read_text("utf-8") + settings, "utf-8")
    with chdir(COPY):  # where mutmut looks for its configuration
        made = mutate_file_contents(str(path), path.read_text("utf-8")).mutant_names
    names = [get_mutant_name(path, name) for name in made]
    sample = random.Random(f"{asked.seed} {module}").sample(names, min(asked.sample, len(names)))
    _mutmut("run", "--max-children", str(asked.workers), *sample)
    codes = json.loads((COPY / "mutants" / f"{path}.meta").read_text("utf-8"))["exit_code_by_key"]
    status = {name: status_by_exit_code[codes[name]] for name in sample}
    survivors = [name for name, kind in status.items() if kind not in NOTICED]
    counts = (len(names), len(sample), len(sample) - len(survivors), len(survivors))
    print("|", module, *(f"| {number}" for number in counts), "|", flush=True)
    for name in survivors:
        print(_mutmut("show", name), file=sys.stderr, flush=True)


def _mutmut(*words: str) -> str:
    """What the command prints; ends with its words when it fails."""
    ran = subprocess.run([MUTMUT, *words], cwd=COPY, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"mutmut {words[0]}: {ran.stdout[-3000:]}{ran.stderr[-3000:]}")
    return ran.stdout


if __name__ == "__main__":
    main()
