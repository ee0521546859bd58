"""The second verifier, as every bundle carries it: `pbverify.py` and what its checks mean.

`pbverify.py` imports nothing of this package, and nothing of this package imports it.
"""

from importlib import resources

from tallying.rules import RuleConfig

FOLDER = "verify"
NAMES = ("CHECKS.md", "pbverify.py")

COUNTED = {
    "greedy": frozenset({"none"}),
    "borda": frozenset({"none"}),
    "phragmen": frozenset({"none", "greedy"}),
    "equal-shares": frozenset({"none", "greedy", "add1", "add1-greedy"}),
}
"""Rule → the completions with which `pbverify.py` counts it."""


def counts(rule: RuleConfig) -> bool:
    """Whether the second verifier counts by this rule, so that two programs must agree."""
    return rule.completion in COUNTED.get(rule.rule, ())


def files() -> dict[str, bytes]:
    """Path in the bundle → content."""
    here = resources.files(__name__)
    return {f"{FOLDER}/{name}": (here / name).read_bytes() for name in NAMES}
