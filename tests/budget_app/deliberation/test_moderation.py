"""Moderation: reported by anybody, decided by published rules, appealed once, and told in public."""

import json
import re
from datetime import datetime, timedelta

import pytest

from budget_app.deliberation import moderation
from budget_app.deliberation.errors import NoAppeal, OwnModeration, SameOfficial
from budget_app.deliberation.models import (
    AppealState,
    CommentState,
    Decision,
    Report,
    Rule,
    Stance,
)
from budget_app.deliberation.moderation import Explained
from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from tests.budget_app.booth.pages import Page
from tests.budget_app.deliberation.scenes import COMMENTS, MODERATION, PROPOSAL, Talk
from tests.budget_app.rounds.office import DESK

WORDS = "You are all fools."
LOG = MODERATION + "log"
EXPLAINED = Explained("It is sharp, and it insults nobody.", "en")


@pytest.fixture
def number(talk: Talk) -> int:
    return talk.say("eva", WORDS)


def mails(talk: Talk, to: str = "") -> list[tuple[str, str]]:
    """Recipient and body of all mails, or of those to one person."""
    with talk.office.work():
        found = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id))
        return [(m.recipient, m.body) for m in found if m.recipient.startswith(to)]


def reports(talk: Talk) -> list[tuple[Rule, bool]]:
    with talk.office.work():
        found = db.session.scalars(db.select(Report).order_by(Report.id))
        return [(report.rule, report.decision_id is None) for report in found]


def test_a_report_names_a_rule_and_waits_in_the_queue(talk: Talk, number: int) -> None:
    ben = talk.office.browser("ben")
    address = f"{COMMENTS}/{number}/report"
    refused = ben.post(address, {"words": "He always does."})
    assert refused.status_code == 422
    assert "Choose the rule" in Page(refused.text).text
    assert "He always does." in refused.text
    assert ben.post(address, {"rule": "taste"}).status_code == 422
    ben.saved(address, {"rule": "insult", "words": "Fools!"})
    ben.saved(address, {"rule": "hatred", "words": "Fools!"})
    assert reports(talk) == [(Rule.HATRED, True)]
    mia = talk.office.browser("mia")
    assert "1 report" in mia.text(MODERATION)
    assert WORDS in mia.text(MODERATION)
    assert "Fools!" in mia.text(f"{MODERATION}comments/{number}")
    assert "report of a comment" in mia.text("/en/example/administration/")


def test_who_reported_a_comment_sees_so_in_place_of_the_link(talk: Talk, number: int) -> None:
    other, address = talk.say("eva", "Another remark."), f"{COMMENTS}/{number}/report"
    ben, rosa = talk.office.browser("ben"), talk.office.browser("rosa")
    assert address in ben.get(PROPOSAL).text
    talk.report("ben", number)
    page = ben.get(PROPOSAL).text
    assert Page(page).text.count("You reported this") == 1
    assert address not in page
    assert f"{COMMENTS}/{other}/report" in page
    assert "You reported this" not in rosa.text(PROPOSAL)
    talk.office.browser("mia").saved(f"{MODERATION}comments/{number}/keep")
    assert "You reported this" in ben.text(f"{COMMENTS}/{number}")


def test_nobody_reports_their_own_comment(talk: Talk, number: int) -> None:
    answer = talk.office.browser("eva").post(f"{COMMENTS}/{number}/report", {"rule": "insult"})
    assert answer.status_code == 422
    assert reports(talk) == []


def test_a_twenty_first_report_in_an_hour_waits(
    talk: Talk, number: int, half_past: datetime
) -> None:
    talk.tried("ben", "report", 20)
    answer = talk.office.browser("ben").post(
        f"{COMMENTS}/{number}/report", {"rule": "insult", "words": "Again."}
    )
    assert answer.status_code == 422
    assert "twenty reports" in Page(answer.text).text
    assert "Again." in answer.text


def test_who_reported_a_comment_is_told_the_outcome(talk: Talk, number: int) -> None:
    kept = talk.say("eva", "I doubt it.")
    talk.report("ben", number)
    talk.report("rosa", number)
    talk.report("ben", kept)
    mia = talk.office.browser("mia")
    hidden = {"rule": "insult", "explanation": "It insults the readers."}
    mia.saved(f"{MODERATION}comments/{number}/hide", hidden)
    mia.saved(f"{MODERATION}comments/{kept}/keep")
    told = [(to, body) for to, body in mails(talk) if "You reported a comment" in body]
    assert [to.partition("@")[0] for to, _body in told] == ["ben", "rosa", "ben"]
    assert ["It was removed by this rule" in body for _to, body in told] == [True, True, False]
    assert all("eva" not in body and WORDS not in body for _to, body in told)


def test_a_kept_comment_settles_its_reports(talk: Talk, number: int) -> None:
    talk.report("ben", number)
    mia = talk.office.browser("mia")
    mia.saved(f"{MODERATION}comments/{number}/keep")
    assert reports(talk) == [(Rule.INSULT, False)]
    assert "No report waits" in mia.text(MODERATION)
    assert WORDS in talk.office.stranger().text(PROPOSAL)
    assert mia.post(f"{MODERATION}comments/{number}/keep").status_code == 409
    again = talk.office.browser("ben").post(f"{COMMENTS}/{number}/report", {"rule": "insult"})
    assert "a moderator has decided" in Page(again.text).text


def test_a_hidden_comment_says_its_rule_and_leads_to_the_log(talk: Talk, number: int) -> None:
    decision = talk.hide(number, reported_by="ben")
    for text in (talk.office.stranger().text(PROPOSAL), talk.office.stranger().text(COMMENTS)):
        assert "Removed by moderation: Insults." in text
        assert WORDS not in text
    assert f'href="/en/example/moderation/log#decision-{decision.id}"' in (
        talk.office.stranger().get(PROPOSAL).text
    )
    assert "see the decision and appeal" in talk.office.browser("eva").text(PROPOSAL)
    assert "see the decision" not in talk.office.browser("ben").text(PROPOSAL)


@pytest.mark.parametrize(
    "data",
    [
        {"rule": "insult", "explanation": " "},
        {"rule": "", "explanation": "It insults."},
        {"rule": "taste", "explanation": "It insults."},
        {"rule": "insult", "explanation": "x" * 1001},
        {"rule": "insult", "explanation": "EVA insults people."},
    ],
)
def test_a_removal_needs_a_rule_and_an_explanation_that_names_nobody(
    talk: Talk, number: int, data: dict[str, str]
) -> None:
    talk.report("ben", number)
    answer = talk.office.browser("mia").post(f"{MODERATION}comments/{number}/hide", data)
    assert answer.status_code == 422
    assert data["explanation"].strip() in answer.text
    assert talk.comment(number).state is CommentState.VISIBLE


@pytest.mark.parametrize(
    ("removed", "explanation", "refused"),
    [
        (WORDS, "It says YOU ARE ALL FOOLS to readers.", True),
        (WORDS, "It calls people fools.", False),
        ("Idiots!", "“Idiots” insults people.", True),
        ("One two three four five six seven eight nine.", "Two three, four five six seven eight nine", True),
        ("One two three four five six seven eight nine.", "One two three four five six seven.", False),
        (WORDS, "Here evá insults people.", True),
        (WORDS, "It evades the question.", False),
    ],
)  # fmt: skip
def test_an_explanation_repeats_neither_the_removed_words_nor_the_first_name(
    talk: Talk, removed: str, explanation: str, refused: bool
) -> None:
    number = talk.say("eva", removed)
    with talk.office.work():
        talk.office.person("eva").name = "Eva Santos"
    talk.report("ben", number)
    data = {"rule": "insult", "explanation": explanation}
    answer = talk.office.browser("mia").post(f"{MODERATION}comments/{number}/hide", data)
    assert answer.status_code == (422 if refused else 302)
    assert not refused or "Everybody reads this" in Page(answer.text).text
    assert talk.comment(number).is_visible is refused


def test_a_decided_case_says_what_was_decided_by_whom_and_why(talk: Talk, number: int) -> None:
    talk.report("ben", number)
    mia, case = talk.office.browser("mia"), f"{MODERATION}comments/{number}"
    mia.saved(f"{case}/keep")
    assert "It breaks no rule Office of Mia" in mia.text(case)
    talk.hide(number, by="max", reported_by="rosa")
    text = mia.text(case)
    assert text.index("It insults people. Office of Max") < text.index("Office of Mia")


def test_the_log_tells_the_newest_removal_first(talk: Talk, number: int) -> None:
    later = talk.hide(number, reported_by="ben")
    earlier = talk.hide(talk.say("eva", "Fools!"), reported_by="ben")
    with talk.office.work():
        moved = db.session.get_one(Decision, earlier.id)
        moved.at = later.at - timedelta(days=1)
    shown = re.findall(r'id="decision-(\d+)"', talk.office.stranger().get(LOG).text)
    assert shown == [str(later.id), str(earlier.id)]


def test_nothing_is_decided_without_a_report(talk: Talk, number: int) -> None:
    data = {"rule": "insult", "explanation": "It insults."}
    answer = talk.office.browser("mia").post(f"{MODERATION}comments/{number}/hide", data)
    assert answer.status_code == 409
    assert talk.comment(number).state is CommentState.VISIBLE


def test_moderators_do_not_decide_about_their_own_comments(talk: Talk) -> None:
    number = talk.say("mia", "Mine.")
    talk.report("ben", number)
    mia = talk.office.browser("mia")
    assert "No report waits" in mia.text(MODERATION)
    assert mia.get(f"{MODERATION}comments/{number}").status_code == 409
    assert mia.post(f"{MODERATION}comments/{number}/keep").status_code == 409
    assert "report of a comment" not in mia.text("/en/example/administration/")
    assert "Mine." in talk.office.browser("max").text(MODERATION)
    decision = talk.hide(number, by="max")
    with talk.office.work():
        decision = db.session.get_one(Decision, decision.id)
        moderation.appeal(decision, "Please.", by=talk.office.person("mia"))
        with pytest.raises(OwnModeration):
            moderation.decide_appeal(decision, True, EXPLAINED, by=talk.office.person("mia"))


def test_the_author_is_told_and_an_upheld_appeal_brings_the_comment_back_unchanged(
    talk: Talk, number: int
) -> None:
    before = talk.comment(number)
    decision = talk.hide(number, reported_by="ben")
    [(recipient, body)] = mails(talk, "eva")
    assert recipient == "eva@example.org"
    assert "by this rule: Insults." in body
    assert "It insults people." in body
    page = f"{MODERATION}decisions/{decision.id}/appeal"
    assert page in body
    eva = talk.office.browser("eva")
    assert WORDS in eva.text(page)
    assert eva.post(page, {"words": " "}).status_code == 422
    eva.saved(page, {"words": "It was about the roofs."})
    max_ = talk.office.browser("max")
    assert "Appeal against: Insults" in max_.text(MODERATION)
    case = f"{MODERATION}appeals/{decision.id}"
    assert "It was about the roofs." in max_.text(case)
    max_.saved(case, {"explanation": "It is about roofs.", "restore": "1"})
    after = talk.comment(number)
    assert after.state is CommentState.VISIBLE
    for name in ("text", "useful", "created_at", "edited_at", "stance", "language"):
        assert getattr(after, name) == getattr(before, name)
    assert WORDS in talk.office.stranger().text(PROPOSAL)
    assert "your comment is back as it was" in mails(talk, "eva")[1][1]
    assert "It is about roofs." in eva.text(page)


def test_a_dismissed_appeal_leaves_it_hidden(talk: Talk, number: int) -> None:
    decision = talk.hide(number, reported_by="ben")
    eva, ada = talk.office.browser("eva"), talk.office.browser("ada")
    eva.saved(f"{MODERATION}decisions/{decision.id}/appeal", {"words": "No!"})
    case = f"{MODERATION}appeals/{decision.id}"
    assert ada.post(case, {"explanation": "It does."}).status_code == 400
    both = {"explanation": "It does.", "restore": "1", "dismiss": "1"}
    assert ada.post(case, both).status_code == 400
    assert ada.post(case, {"explanation": "", "dismiss": "1"}).status_code == 422
    ada.saved(case, {"explanation": "It does.", "dismiss": "1"})
    assert talk.comment(number).state is CommentState.HIDDEN
    assert "stays removed" in mails(talk, "eva")[1][1]
    assert ada.post(case, {"explanation": "It does.", "restore": "1"}).status_code == 409


def test_an_appeal_is_made_once_and_by_the_author_alone(talk: Talk, number: int) -> None:
    decision = talk.hide(number, reported_by="ben")
    page = f"{MODERATION}decisions/{decision.id}/appeal"
    assert talk.office.browser("ben").get(page).status_code == 403
    assert talk.office.browser("ben").post(page, {"words": "For her."}).status_code == 403
    eva = talk.office.browser("eva")
    eva.saved(page, {"words": "Once."})
    again = eva.post(page, {"words": "Twice."})
    assert again.status_code == 422
    assert "can be made once" in Page(again.text).text
    assert talk.decision().appeal_words == "Once."


def test_a_kept_comment_has_no_appeal(talk: Talk, number: int) -> None:
    talk.report("ben", number)
    talk.office.browser("mia").saved(f"{MODERATION}comments/{number}/keep")
    kept = talk.decision()
    page = f"{MODERATION}decisions/{kept.id}/appeal"
    assert talk.office.browser("eva").get(page).status_code == 404
    with talk.office.work(), pytest.raises(NoAppeal):
        moderation.appeal(
            db.session.get_one(Decision, kept.id), "Why?", by=talk.office.person("eva")
        )


def test_never_the_same_person_decides_the_appeal(talk: Talk, number: int) -> None:
    decision = talk.hide(number, by="ada", reported_by="ben")
    talk.office.browser("eva").saved(
        f"{MODERATION}decisions/{decision.id}/appeal", {"words": "No!"}
    )
    ada = talk.office.browser("ada")
    assert "Appeal against" not in ada.text(MODERATION)
    case = f"{MODERATION}appeals/{decision.id}"
    assert ada.get(case).status_code == 409
    assert ada.post(case, {"explanation": "Mine.", "dismiss": "1"}).status_code == 409
    with talk.office.work():
        found, by = db.session.get_one(Decision, decision.id), talk.office.person("ada")
        with pytest.raises(SameOfficial):
            moderation.decide_appeal(found, False, EXPLAINED, by=by)
    assert talk.decision().appeal is AppealState.OPEN


def test_what_is_hidden_is_neither_edited_nor_deleted(talk: Talk, number: int) -> None:
    talk.hide(number, reported_by="ben")
    eva = talk.office.browser("eva")
    assert eva.post(f"{COMMENTS}/{number}/delete").status_code == 409
    change = {"text": "Softer.", "language": "en"}
    assert eva.post(f"{COMMENTS}/{number}/edit", change).status_code == 422
    assert talk.comment(number).text == WORDS


def test_a_comment_that_its_author_deleted_waits_for_nobody(talk: Talk, number: int) -> None:
    talk.report("ben", number)
    talk.office.browser("eva").saved(f"{COMMENTS}/{number}/delete")
    assert "No report waits" in talk.office.browser("mia").text(MODERATION)


def test_the_public_log_tells_rule_reason_office_and_appeal_without_words_or_names(
    talk: Talk, number: int
) -> None:
    decision = talk.hide(number, reported_by="ben")
    text = talk.office.stranger().text(LOG)
    assert "Insults 1 0" in text
    assert "It insults people." in text
    assert "Office of Mia" in text
    talk.office.browser("eva").saved(
        f"{MODERATION}decisions/{decision.id}/appeal", {"words": "Roofs!"}
    )
    assert "Appeal waits" in talk.office.stranger().text(LOG)
    talk.office.browser("max").saved(
        f"{MODERATION}appeals/{decision.id}", {"explanation": "Sharp only.", "restore": "1"}
    )
    answer = talk.office.stranger().get(LOG).text
    text = Page(answer).text
    assert "Insults 1 1" in text
    assert "Sharp only." in text
    assert "Office of Max" in text
    for secret in (WORDS, "Eva", "Roofs!", "fools"):
        assert secret not in answer


def test_records_name_a_comment_by_its_words_and_a_removed_one_by_what_it_was_about(
    talk: Talk, number: int
) -> None:
    decision = talk.hide(number, reported_by="ben")
    records = DESK + "records"
    told = talk.office.browser("aude").text(records)
    assert f"Comment: a comment on A new roof ({number})" in told
    assert WORDS not in told
    talk.office.browser("eva").saved(
        f"{MODERATION}decisions/{decision.id}/appeal", {"words": "Roofs!"}
    )
    talk.office.browser("max").saved(
        f"{MODERATION}appeals/{decision.id}", {"explanation": "Sharp only.", "restore": "1"}
    )
    assert f"Comment: {WORDS} ({number})" in talk.office.browser("aude").text(records)


def test_the_acts_of_moderators_are_logged_without_names_or_words(talk: Talk, number: int) -> None:
    decision = talk.hide(number, reported_by="ben")
    with talk.office.work():
        record = db.session.scalars(db.select(Record).where(Record.act == Act.COMMENT_HIDDEN)).one()
        assert record.opening is not None
        assert record.opening["personal"] == {
            "actor": talk.office.person("mia").id,
            "comment": number,
        }
        assert record.subject == {
            "decision": decision.id,
            "comment": number,
            "rule": "insult",
        }
        assert WORDS not in json.dumps(record.opening)


@pytest.mark.parametrize("name", ["eva", "pat", "rosa", "aude"])
def test_nobody_but_moderators_and_administrators_moderates(
    talk: Talk, number: int, name: str
) -> None:
    talk.report("ben", number)
    browser = talk.office.browser(name)
    for page in ("", f"comments/{number}", "rules/edit"):
        assert browser.get(MODERATION + page).status_code == 403
    data = {"rule": "insult", "explanation": "It insults."}
    assert browser.post(f"{MODERATION}comments/{number}/hide", data).status_code == 403
    assert browser.post(f"{MODERATION}comments/{number}/keep").status_code == 403


def test_the_rules_have_a_text_in_four_languages_that_administrators_word_anew(
    talk: Talk,
) -> None:
    stranger = talk.office.stranger()
    assert "Another official decides" in stranger.text(MODERATION + "rules")
    ada = talk.office.browser("ada")
    ada.saved(MODERATION + "rules/edit", {"text_en": "Be **kind**.", "text_es": ""})
    page = stranger.get(MODERATION + "rules").text
    assert "Be <strong>kind</strong>." in page
    assert "Insults" in page
    assert "kind" not in stranger.text("/es/example/moderation/rules")
    assert 'lang="en"' in stranger.get("/fr/example/moderation/rules").text
    assert talk.office.browser("mia").get(MODERATION + "rules/edit").status_code == 403


def test_the_log_is_a_feed_without_names_and_removed_words(talk: Talk, number: int) -> None:
    talk.hide(number, reported_by="ben")
    stranger = talk.office.stranger()
    [address] = re.findall(r'title="Moderation log" href="([^"]+)"', stranger.get(LOG).text)
    feed = stranger.get(address)
    assert feed.mimetype == "application/atom+xml"
    assert "<title>Insults</title>" in feed.text
    assert "It insults people." in feed.text
    assert "#decision-1" in feed.text
    assert "eva" not in feed.text
    assert WORDS not in feed.text


def test_what_is_hidden_or_removed_is_counted_on_no_side(talk: Talk, number: int) -> None:
    talk.say("ana", "It is dear.", stance=Stance.AGAINST)
    removed = talk.say("eva", "Gone.", stance=Stance.AGAINST)
    talk.say("ana", "Why?", below=removed)
    talk.hide(number, reported_by="ben")
    talk.office.browser("eva").saved(f"{COMMENTS}/{removed}/delete", {})
    text = talk.office.stranger().text(COMMENTS)
    assert "0 for · 1 against · 0 that take no side" in text
    assert "Removed by moderation: Insults." in text
