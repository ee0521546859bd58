"""Comments on a proposal: written, read, changed, voted on, and what is refused."""

import re
from datetime import datetime, timedelta

import pytest

from budget_app.deliberation import services
from budget_app.deliberation.errors import CommentsClosed, NotThere, ReplyToReply
from budget_app.deliberation.models import Comment, CommentState, Stance
from budget_app.deliberation.services import Words
from budget_app.deliberation.subjects import subject_of
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from tests.budget_app.booth.pages import Page
from tests.budget_app.deliberation.scenes import COMMENTS, PROPOSAL, Talk
from voting import clock


def test_a_comment_stands_below_the_proposal_with_its_side_and_language(talk: Talk) -> None:
    answer = talk.office.browser("eva").post(
        COMMENTS, talk.words("¡Por **fin**!", language="es", stance="against")
    )
    assert answer.status_code == 302
    assert answer.location.endswith("/en/example/rounds/schools/proposals/1#comment-1")
    page = talk.office.stranger().get(PROPOSAL).text
    assert (
        '<div class="comment-words prose" lang="es" dir="auto"><p>¡Por <strong>fin</strong>!'
        in page
    )
    assert "0 for · 1 against · 0 that take no side" in Page(page).text
    assert "Eva" in Page(page).text


@pytest.mark.parametrize(
    "text",
    ["", "  \n ", "\u200b\u200b", "[](https://example.org)", "[x]: https://example.org", "\u202e"],
)
def test_a_comment_without_words_to_read_is_refused(talk: Talk, text: str) -> None:
    answer = talk.office.browser("eva").post(COMMENTS, talk.words(text))
    assert answer.status_code == 422
    assert "This cannot stay empty." in Page(answer.text).text
    assert talk.comments() == []


def test_a_comment_that_is_too_long_is_refused_and_kept_in_the_form(talk: Talk) -> None:
    answer = talk.office.browser("eva").post(COMMENTS, talk.words("x" * 5001))
    assert answer.status_code == 422
    assert "At most 5000 characters." in Page(answer.text).text
    assert "x" * 5001 in answer.text
    talk.office.browser("eva").saved(COMMENTS, talk.words("x" * 5000))


@pytest.mark.parametrize(
    ("field", "value"),
    [("stance", "sideways"), ("stance", ""), ("language", "xx"), ("once", ""), ("once", "x" * 44)],
)
def test_a_form_that_nobody_was_shown_is_refused(talk: Talk, field: str, value: str) -> None:
    answer = talk.office.browser("eva").post(COMMENTS, talk.words(**{field: value}))
    assert answer.status_code == 422
    assert talk.comments() == []


def test_nothing_in_a_comment_runs_or_leads_to_a_script(talk: Talk) -> None:
    talk.say(
        "eva",
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) "
        "![p](https://example.org/p.png) [b](https://example.org)",
    )
    page = talk.office.stranger().get(PROPOSAL).text
    words = re.search(r'<div class="comment-words.*?</div>', page, re.DOTALL)
    assert words is not None
    assert set(re.findall(r"<(\w+)", words.group())) == {"div", "p", "a"}
    assert 'href="javascript' not in words.group()
    assert 'rel="nofollow noopener noreferrer ugc"' in words.group()


def test_characters_that_turn_the_text_around_are_left_out(talk: Talk) -> None:
    talk.office.browser("eva").saved(COMMENTS, talk.words("a\u202eb\u2066c שלום"))
    assert talk.comments() == ["abc שלום"]


def test_a_double_press_makes_one_comment(talk: Talk) -> None:
    eva, words = talk.office.browser("eva"), talk.words("Twice?")
    first, second = eva.post(COMMENTS, words), eva.post(COMMENTS, words)
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert talk.comments() == ["Twice?"]


def test_the_same_form_of_two_people_makes_two_comments(talk: Talk) -> None:
    words = talk.words("Hello.")
    talk.office.browser("eva").saved(COMMENTS, words)
    talk.office.browser("ben").saved(COMMENTS, words)
    assert len(talk.comments()) == 2


def test_an_eleventh_comment_in_an_hour_waits_and_its_words_stay(
    talk: Talk, half_past: datetime
) -> None:
    eva = talk.office.browser("eva")
    talk.tried("eva", "comment", 10)
    answer = eva.post(COMMENTS, talk.words("My eleventh."))
    assert answer.status_code == 422
    assert "ten comments within an hour" in Page(answer.text).text
    assert "My eleventh." in answer.text
    assert talk.comments() == []
    with clock.replay(half_past + timedelta(minutes=30)):
        eva.saved(COMMENTS, talk.words("My eleventh."))


def test_replies_hang_below_their_comment_and_nowhere_deeper(talk: Talk) -> None:
    top = talk.say("eva", "First.")
    eva = talk.office.browser("eva")
    answer = eva.post(f"{COMMENTS}/{top}/replies", talk.words("Second."))
    assert answer.location.endswith(f"/comments/{top}#comment-2")
    assert talk.comment(2).stance is Stance.NEUTRAL
    deeper = eva.post(f"{COMMENTS}/2/replies", talk.words("Third."))
    assert deeper.status_code == 422
    assert "not to other replies" in Page(deeper.text).text
    assert "Third." in deeper.text
    with pytest.raises(ReplyToReply):
        talk.say("eva", "Third.", below=2)


def test_a_comment_of_another_proposal_is_not_found_and_not_answered(talk: Talk) -> None:
    top = talk.say("eva")
    with talk.office.work():
        first = talk.proposal()
        other = Proposal(
            round_id=first.round_id,
            district=first.district,
            author=first.author,
            state=ProposalState.SUBMITTED,
            language="en",
            title="Another",
            created_at=first.created_at,
            submitted_at=first.created_at,
        )
        db.session.add(other)
    elsewhere = COMMENTS.replace("/1/", "/2/")
    eva = talk.office.browser("eva")
    assert eva.get(f"{elsewhere}/{top}").status_code == 404
    assert eva.post(f"{elsewhere}/{top}/replies", talk.words()).status_code == 404
    with talk.office.work():
        below, second = db.session.get_one(Comment, top), db.session.get_one(Proposal, 2)
        words = Words("No.", "en", "form")
        with pytest.raises(NotThere):
            services.post(subject_of(second), words, author=below.author, below=below)


def test_the_author_changes_a_comment_for_ten_minutes_and_it_is_marked(talk: Talk) -> None:
    number = talk.say("eva", "Frist.")
    eva = talk.office.browser("eva")
    change = {"text": "First.", "language": "es"}
    eva.saved(f"{COMMENTS}/{number}/edit", change)
    assert (talk.comment(number).text, talk.comment(number).language) == ("First.", "es")
    assert "(edited)" in talk.office.stranger().text(PROPOSAL)
    assert talk.office.browser("ben").get(f"{COMMENTS}/{number}/edit").status_code == 403
    with clock.replay(talk.comment(number).created_at + timedelta(minutes=10)):
        late = eva.post(f"{COMMENTS}/{number}/edit", {"text": "Last.", "language": "en"})
    assert late.status_code == 422
    assert "ten minutes" in Page(late.text).text
    assert "Last." in late.text
    assert talk.comment(number).text == "First."


def test_an_unchanged_comment_is_not_marked(talk: Talk) -> None:
    number = talk.say("eva", "First.")
    talk.office.browser("eva").saved(
        f"{COMMENTS}/{number}/edit", {"text": "First.", "language": "en"}
    )
    assert talk.comment(number).edited_at is None


def test_a_deleted_comment_is_gone_and_leaves_a_place_only_for_replies(talk: Talk) -> None:
    alone, answered = talk.say("eva", "Alone."), talk.say("eva", "Answered.")
    talk.say("ben", "An answer.", below=answered)
    eva = talk.office.browser("eva")
    assert talk.office.browser("ben").post(f"{COMMENTS}/{alone}/delete").status_code == 403
    eva.saved(f"{COMMENTS}/{alone}/delete")
    eva.saved(f"{COMMENTS}/{answered}/delete")
    assert talk.comment(answered).text == ""
    text = talk.office.stranger().text(PROPOSAL)
    assert text.count("Removed by its author.") == 1
    assert "An answer." in text
    assert talk.office.stranger().get(f"{COMMENTS}/{alone}").status_code == 404
    assert eva.post(f"{COMMENTS}/{answered}/delete").status_code == 409


def test_a_vote_counts_once_can_be_changed_and_taken_back(talk: Talk) -> None:
    number = talk.say("eva")
    ben = talk.office.browser("ben")

    def votes(choice: str) -> tuple[int, int]:
        ben.saved(f"{COMMENTS}/{number}/vote", {"vote": choice})
        found = talk.comment(number)
        return found.useful, found.not_useful

    assert votes("useful") == (1, 0)
    assert votes("useful") == (1, 0)
    assert 'aria-pressed="true"' in ben.get(PROPOSAL).text
    assert votes("not-useful") == (0, 1)
    assert votes("none") == (0, 0)
    assert ben.post(f"{COMMENTS}/{number}/vote", {"vote": "perhaps"}).status_code == 400


def test_nobody_votes_on_their_own_comment_or_on_one_that_is_gone(talk: Talk) -> None:
    number = talk.say("eva")
    eva, ben = talk.office.browser("eva"), talk.office.browser("ben")
    assert eva.post(f"{COMMENTS}/{number}/vote", {"vote": "useful"}).status_code == 409
    talk.hide(number, reported_by="rosa")
    assert ben.post(f"{COMMENTS}/{number}/vote", {"vote": "useful"}).status_code == 409
    assert talk.comment(number).useful == 0


def test_a_sixty_first_vote_in_an_hour_waits(talk: Talk, half_past: datetime) -> None:
    number = talk.say("eva")
    ben = talk.office.browser("ben")
    talk.tried("ben", "vote", 59)
    ben.saved(f"{COMMENTS}/{number}/vote", {"vote": "useful"})
    ben.saved(f"{COMMENTS}/{number}/vote", {"vote": "not-useful"})
    assert "sixty votes" in ben.text(PROPOSAL)
    assert talk.comment(number).useful == 1


def test_officials_answer_under_their_name_and_office_above_all(talk: Talk) -> None:
    talk.say("eva", "Mine.")
    pat = talk.office.browser("pat")
    pat.saved(COMMENTS + "/official", talk.words("We will look.", stance="for"))
    text = talk.office.stranger().text(PROPOSAL)
    assert "Pat , Office of Pat Official reply" in text
    assert text.index("We will look.") < text.index("Mine.")
    assert "1 for · 0 against · 0 that take no side" in text
    pat.saved(f"{COMMENTS}/1/official", talk.words("And here."))
    assert talk.comment(3).office == "Office of Pat"


@pytest.mark.parametrize("name", ["eva", "mia", "aude"])
def test_nobody_else_answers_officially(talk: Talk, name: str) -> None:
    browser = talk.office.browser(name)
    assert browser.post(COMMENTS + "/official", talk.words()).status_code == 403
    assert "Answer officially" not in browser.text(PROPOSAL)


def test_comments_end_with_the_vote_and_stay_readable(talk: Talk) -> None:
    number = talk.say("eva", "Early.")
    with talk.office.after_the_vote():
        eva = talk.office.browser("ben")
        late = eva.post(COMMENTS, talk.words("Late."))
        assert late.status_code == 422
        assert "Comments are closed here" in Page(late.text).text
        assert eva.post(f"{COMMENTS}/{number}/vote", {"vote": "useful"}).status_code == 409
        text = talk.office.stranger().text(PROPOSAL)
        assert "Early." in text
        assert "can still be read" in text


def test_drafts_and_withdrawn_proposals_take_no_comments(talk: Talk) -> None:
    talk.say("eva", "Early.")
    with talk.office.work():
        talk.proposal().withdrawn_at = clock.now(db.session())
        talk.proposal().state = ProposalState.WITHDRAWN
    with pytest.raises(CommentsClosed):
        talk.say("eva", "Late.")
    ana = talk.office.browser("ana")
    assert "Early." in ana.text(PROPOSAL)
    assert "Comments are closed here" in ana.text(COMMENTS)
    with talk.office.work():
        talk.proposal().state = ProposalState.DRAFT
        talk.proposal().submitted_at = talk.proposal().withdrawn_at = None
    assert 'id="comments"' not in ana.get(PROPOSAL).text
    assert ana.get(COMMENTS).status_code == 404
    assert ana.post(COMMENTS, talk.words()).status_code == 404


def test_a_person_without_a_name_is_a_citizen_and_no_address(talk: Talk) -> None:
    number = talk.say("eva")
    with talk.office.work():
        talk.office.person("eva").name = ""
    page = talk.office.stranger().get(PROPOSAL).text
    assert "A citizen" in page
    assert f"comment-{number}" in page
    assert "eva" not in page


def test_a_comment_that_is_gone_is_not_answered(talk: Talk) -> None:
    number = talk.say("eva")
    talk.hide(number, reported_by="rosa")
    ben = talk.office.browser("ben")
    answer = ben.post(f"{COMMENTS}/{number}/replies", talk.words("Still here?"))
    assert answer.status_code == 422
    assert talk.comment(number).state is CommentState.HIDDEN
    assert talk.comments() == ["Good."]
