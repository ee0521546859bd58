"""The queue: what waits, since when, for whom; on both databases."""

import pytest

from budget_app.reviews import queries
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import Reviewing


def test_the_queue_shows_age_and_load_and_is_narrowed(scene: Reviewing) -> None:
    first, second = scene.propose("Old roof"), scene.propose("Young roof", district="south")
    rosa = scene.begin("rosa", second)
    text = rosa.text(LIST + "review")
    assert text.index("Old roof") < text.index("Young roof")
    assert "1 proposal has no reviewer yet" in text
    assert "Rosa (has 1)" in text
    narrowed = {
        "reviewer=none": (True, False),
        "district=south": (False, True),
        "waiting=author": (False, False),
        "waiting=appeal": (False, False),
        "reviewer=99999999999": (True, True),
        "page=9": (False, False),
    }
    for query, expected in narrowed.items():
        text = rosa.text(f"{LIST}review?{query}")
        assert ("Old roof" in text, "Young roof" in text) == expected, query
    desk = rosa.text("/en/example/administration/")
    assert "1 proposal waits for you, since" in desk
    assert scene.by("ana").get(LIST + "review").status_code == 403
    assert first < second


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_queue_has_pages(scene: Reviewing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "A_PAGE", 1)
    scene.propose("Old roof")
    scene.propose("Young roof")
    rosa = scene.by("rosa")
    first, second = (rosa.text(f"{LIST}review?page={page}") for page in (1, 2))
    assert ("Old roof" in first, "Young roof" in first) == (True, False)
    assert ("Old roof" in second, "Young roof" in second) == (False, True)
