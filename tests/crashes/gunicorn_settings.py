"""gunicorn's settings: the arbiter imports everything, so that a worker's successor is there soon."""

from importlib import import_module

from budget_app import FEATURES, FEATURES_WITH_JOBS

for name in FEATURES:
    import_module(f"budget_app.{name}.routes")
for name in FEATURES_WITH_JOBS:
    import_module(f"budget_app.{name}.jobs")
import_module("budget_app.cli")
import_module("tests.crashes.web")
