"""A plugin of pytest: the same few random elections in every run, and no search for smaller ones.

A mutant is run against many tests, so the first failure is all that is wanted of a property.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings

MOST_EXAMPLES = 40
settings.register_profile("mutation", derandomize=True, database=None)
settings.load_profile("mutation")
APPLIED = "_hypothesis_internal_use_settings"
"""Where hypothesis keeps the settings that a test was given."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each property its own settings, but with fewer examples, always the same ones."""
    for item in items:
        function = getattr(item, "obj", None)
        function = getattr(function, "__func__", function)
        given = getattr(function, APPLIED, None)
        if given is not None:
            setattr(function, APPLIED, _fewer(given))


def _fewer(given: settings) -> settings:
    return settings(
        given,
        max_examples=min(given.max_examples, MOST_EXAMPLES),
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=tuple(HealthCheck),
    )
