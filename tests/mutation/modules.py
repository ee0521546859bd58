"""Which tests a module's mutants are shown to: those of the rule that it serves."""

SHARES = ("equal_shares", "equal_shares_exactness")
EVEN = ("exact_equal_shares",)
WALKS = ("greedy", "room", "borda")
STAGES = ("stv", "scottish_stv")

TESTS: dict[str, tuple[str, ...]] = {
    "ties": ("ties", "greedy", "phragmen"),
    "rules/walk": WALKS,
    "rules/room": ("room", "greedy"),
    "rules/greedy": WALKS,
    "rules/margins": ("greedy", "room", "equal_shares"),
    "rules/market": SHARES,
    "rules/purses": (*SHARES, "bounded_overspending"),
    "rules/ledger": SHARES,
    "rules/accounts": SHARES,
    "rules/raising": SHARES,
    "rules/between": (*SHARES, "equal_shares_between"),
    "rules/completion": (*SHARES, "phragmen"),
    "rules/config": ("rule_config",),
    "rules/knapsack": ("knapsack",),
    "rules/prices": ("knapsack",),
    "rules/optimum": ("knapsack",),
    "rules/schulze": ("schulze",),
    "rules/pairwise": ("schulze",),
    "rules/phragmen": ("phragmen",),
    "rules/clock": ("phragmen",),
    "rules/sequence": ("phragmen", "expanding_approvals", "cumulative_transfers"),
    "rules/stv": STAGES,
    "rules/transfers": STAGES,
    "rules/piles": STAGES,
    "rules/scottish_stv": STAGES,
    "rules/exact_equal_shares": EVEN,
    "rules/even_market": EVEN,
    "rules/even_raising": EVEN,
    "rules/even_changes": EVEN,
    "rules/expanding_approvals": ("expanding_approvals",),
    "rules/maximin_support": ("maximin_support",),
    "rules/carrying": ("maximin_support",),
    "rules/overspending": ("bounded_overspending",),
    "rules/cumulative_transfers": ("cumulative_transfers",),
    "rules/gifts": ("cumulative_transfers",),
}
"""Module of `tallying` → the parts of `tests/tallying/test_*.py`."""
