"""Two who write one proposal press at the same moment: the second is told of the first."""

from functools import partial

import pytest

from tests.budget_app.at_once import sent_at_once, slow_to_save
from tests.budget_app.booth.pages import Page
from tests.budget_app.proposals.drafts import DRAFT, LIST
from tests.budget_app.rounds.office import Browser, Office, began_with


def test_the_second_of_two_presses_replaces_nothing_unseen(
    office: Office, ana: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_to_save(monkeypatch)
    path = LIST + "1/edit"
    began = ana.began(path)
    windows = [
        partial(office.browser("ana").post, path, DRAFT | {"title": title, "save": "1"} | began)
        for title in ("First", "Second")
    ]
    answers = {answer.status_code: answer for answer in sent_at_once(*windows)}
    assert sorted(answers) == [302, 422]
    text = answers[422].text
    assert "You changed this meanwhile in another window: Title." in Page(text).text
    kept, typed = ("First", "Second") if 'value="Second"' in text else ("Second", "First")
    assert kept in ana.text(LIST + "1")
    ana.saved(path, DRAFT | {"title": typed, "save": "1"} | began_with(text))
    assert typed in ana.text(LIST + "1")
