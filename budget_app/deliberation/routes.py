"""All pages of deliberation: comments and moderation in files of their own, the translator's plug here."""

from flask.blueprints import BlueprintSetupState

from budget_app.deliberation import comment_views, moderation_views, pages, translators
from budget_app.deliberation.blueprint import bp
from budget_app.settings import Settings

__all__ = ["bp", "comment_views", "moderation_views", "pages"]


@bp.record_once
def connect_translator(state: BlueprintSetupState) -> None:
    """A translator that cannot be found keeps the application from starting."""
    settings: Settings = state.app.extensions["settings"]
    state.app.extensions["translator"] = translators.load(settings.translator)
