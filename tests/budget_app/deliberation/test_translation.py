"""People's words are translated by nobody, unless the installation connects a translator."""

from pathlib import Path

import pytest
from flask import Flask

from budget_app import create_app
from budget_app.deliberation.models import CommentTranslation
from budget_app.deliberation.translators import Marking, TranslationFailed
from budget_app.extensions import db
from budget_app.settings import Settings
from tests.budget_app.deliberation.scenes import COMMENTS, PROPOSAL, Talk

MARKING = "budget_app.deliberation.translators:Marking"


class Away:
    """A translator whose service does not answer."""

    def translate(self, text: str, source: str, target: str) -> str:
        raise TranslationFailed


@pytest.fixture
def connected(talk: Talk) -> Talk:
    talk.office.app.extensions["translator"] = Marking()
    return talk


def test_without_a_translator_nothing_is_translated_or_offered(talk: Talk) -> None:
    number = talk.say("eva", "¡Por fin!", language="es")
    ben = talk.office.browser("ben")
    assert "Show a translation" not in ben.text(PROPOSAL)
    assert ben.post(f"{COMMENTS}/{number}/translation").status_code == 404


def test_a_translation_is_made_once_marked_and_never_in_place_of_the_original(
    connected: Talk,
) -> None:
    number = connected.say("eva", "¡Por fin!", language="es")
    same = connected.say("eva", "At last!")
    ben = connected.office.browser("ben")
    assert ben.text(PROPOSAL).count("Show a translation") == 1
    assert "Show a translation" not in connected.office.stranger().text(PROPOSAL)
    ben.saved(f"{COMMENTS}/{number}/translation")
    ben.saved(f"{COMMENTS}/{same}/translation")
    text = connected.office.stranger().text(PROPOSAL)
    assert "¡Por fin! Machine translation [es→en] ¡Por fin!" in text
    assert "Show a translation" not in ben.text(PROPOSAL)
    connected.office.app.extensions["translator"] = Away()
    ben.saved(f"{COMMENTS}/{number}/translation")
    with connected.office.work():
        assert len(db.session.scalars(db.select(CommentTranslation)).all()) == 1


def test_changed_words_are_translated_anew(connected: Talk) -> None:
    number = connected.say("eva", "¡Por fin!", language="es")
    eva = connected.office.browser("eva")
    eva.saved(f"{COMMENTS}/{number}/translation")
    eva.saved(f"{COMMENTS}/{number}/edit", {"text": "¡Ya!", "language": "es"})
    assert "[es→en]" not in connected.office.stranger().text(PROPOSAL)


def test_a_translator_that_is_away_leaves_the_original_and_says_so(connected: Talk) -> None:
    connected.office.app.extensions["translator"] = Away()
    number = connected.say("eva", "¡Por fin!", language="es")
    ben = connected.office.browser("ben")
    ben.saved(f"{COMMENTS}/{number}/translation")
    assert "could not be translated now" in ben.text(PROPOSAL)


def test_the_setting_connects_a_translator_and_a_wrong_one_stops_the_start(
    tmp_path: Path,
) -> None:
    def start(path: str) -> Flask:
        return create_app(Settings(instance_path=tmp_path, translator=path, log_level="ERROR"))

    assert isinstance(start(MARKING).extensions["translator"], Marking)
    assert start("").extensions["translator"] is None
    with pytest.raises(ImportError):
        start("no_such_package:Translator")
