"""Supporting, following and saved searches."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from budget_app import jobs
from budget_app.accounts import services as accounts
from budget_app.browsing import following
from budget_app.browsing.models import AlertPlan, Following, Support
from budget_app.extensions import db
from budget_app.hearings.models import Hearing
from budget_app.mailing.models import OutgoingMail
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import RoundState
from budget_app.rounds.services import create_round
from tests.budget_app.booth.pages import Page
from tests.budget_app.browsing.answering import answer_everywhere, answer_in
from tests.budget_app.browsing.scenes import LIST, Proposing
from tests.budget_app.hearings.meeting import convene
from tests.budget_app.reviews.scenes import NOT_FEASIBLE, review_as
from tests.budget_app.rounds.office import HOME, ROUND
from voting import clock

FOLLOWED = HOME + "following"


def mails(scene: Proposing) -> list[OutgoingMail]:
    with scene.office.work():
        found = list(db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)))
        db.session.expunge_all()
        return found


def test_support_and_following_are_kept_once_and_taken_back(scene: Proposing) -> None:
    number = scene.propose("Roof")
    with scene.office.work():
        proposal, ada = db.session.get_one(Proposal, number), scene.office.person("ada")
        for _again in range(2):
            following.support(proposal, ada)
            following.follow(ada, proposal)
            following.follow(ada, proposal.round_)
        assert following.supporters_of(proposal) == 1
        assert [user.id for user in following.followers_of(proposal)] == [ada.id]
        assert [user.id for user in following.followers_of(proposal.round_)] == [ada.id]
        following.take_support_back(proposal, ada)
        following.unfollow(ada.id, proposal)
        following.unfollow(ada.id, proposal)
        assert following.supporters_of(proposal) == 0
        assert not following.follows(ada, proposal)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestPages:
    """What people press and get; the database makes no difference."""

    def test_a_citizen_supports_once_and_everybody_sees_the_number(self, scene: Proposing) -> None:
        number = scene.propose("Roof")
        eva, path = scene.office.browser("eva"), f"{LIST}{number}"
        for _again in range(2):
            eva.saved(f"{path}/support")
        assert "1 person supports this" in scene.office.stranger().text(path)
        eva.saved(f"{path}/unsupport")
        assert "0 people support this" in scene.office.stranger().text(path)

    def test_nobody_supports_signed_out_or_what_is_decided(self, scene: Proposing) -> None:
        number = scene.propose("Roof")
        path = f"{LIST}{number}"
        answer = scene.office.stranger().client.post(f"{path}/support")
        assert answer.status_code == 400  # no token, and no sign-in either
        review_as(scene.office, "rosa", number, NOT_FEASIBLE)
        assert scene.office.browser("eva").post(f"{path}/support").status_code == 409
        with scene.office.work():
            assert db.session.scalars(db.select(Support)).all() == []

    def test_followers_are_told_of_the_decision_with_a_way_out_that_needs_no_sign_in(
        self, scene: Proposing
    ) -> None:
        number = scene.propose("Roof")
        scene.office.browser("eva").saved(f"{LIST}{number}/follow")
        review_as(scene.office, "rosa", number, NOT_FEASIBLE)
        mail = next(mail for mail in mails(scene) if mail.recipient == "eva@example.org")
        assert "Roof" in mail.subject
        assert "Too steep a roof." in mail.body
        assert mail.unsubscribe in mail.body
        path, stranger = urlsplit(mail.unsubscribe).path, scene.office.stranger()
        assert "Press the button" in stranger.text(path)
        with scene.office.work():
            assert len(db.session.scalars(db.select(Following)).all()) == 1
        # As a mail program presses: no session, no token of a form.
        answer = stranger.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        with scene.office.work():
            assert db.session.scalars(db.select(Following)).all() == []
        assert stranger.get(path[:-3] + "xyz").status_code == 404

    def test_a_mail_that_can_be_ended_says_so_to_the_mail_program(self, scene: Proposing) -> None:
        number = scene.propose("Roof")
        scene.office.browser("eva").saved(f"{LIST}{number}/follow")
        review_as(scene.office, "rosa", number, NOT_FEASIBLE)
        jobs.run_once(scene.office.app)
        outbox = scene.office.app.extensions["mailman"].outbox
        sent = next(mail for mail in outbox if mail.to == ["eva@example.org"])
        with scene.office.app.app_context():
            assert sent.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_the_followers_of_a_round_are_told_when_it_opens(self, scene: Proposing) -> None:
        with scene.office.work():
            following.follow(scene.office.person("rosa"), scene.office.round_())
            told = following.tell_followers(scene.office.round_(), following.Happening.OPENED)
            assert told == 1
        assert "Voting is open." in mails(scene)[-1].body

    def test_an_official_reply_below_a_proposal_is_told_to_its_followers(
        self, scene: Proposing
    ) -> None:
        number = scene.propose("Roof")
        for name in ("eva", "rosa"):
            scene.office.browser(name).saved(f"{LIST}{number}/follow")
        answer_everywhere(scene, number)
        (mail,) = mails(scene)
        assert (mail.recipient, "Roof" in mail.subject) == ("eva@example.org", True)
        assert "There is an official reply." in mail.body
        assert "We look into it." in mail.body

    def test_who_follows_a_round_is_told_in_one_mail_what_was_answered_in_it(
        self, scene: Proposing
    ) -> None:
        scene.office.browser("eva").saved(ROUND + "follow")
        with scene.office.work():
            ada = scene.office.person("ada")
            other = create_round(ada.memberships[0].parliament, {"en": "Bridges"}, by=ada)
            other.state = RoundState.ANNOUNCED
            following.follow(accounts.ensure_user("ben@example.org"), other)
        answer_everywhere(scene, scene.propose("Roof"))
        with scene.office.work():
            tomorrow = clock.now(db.session()) + timedelta(days=1, minutes=1)
        for _again in range(2):
            with clock.replay(tomorrow):
                jobs.run_once(scene.office.app)
        assert [mail.recipient for mail in mails(scene)] == ["eva@example.org"]
        sent = scene.office.app.extensions["mailman"].outbox[-1].body
        for words in (
            "Answered in “Schools”",
            "More shade",
            "Schools: 1 question was answered",
            "/rounds/schools/proposals/1",
            "/en/example/rounds/schools/comments",
            "/en/example/hearings/1/comments",
        ):
            assert words in sent

    def test_a_hearing_is_followed_told_of_in_one_mail_and_let_go(self, scene: Proposing) -> None:
        with scene.office.work():
            convene(scene.office.round_().parliament, scene.office.person("ada"))
        eva, page = scene.office.browser("eva"), HOME + "hearings/1"
        assert page + "/follow" in eva.get(page).text
        for _again in range(2):
            eva.saved(page + "/follow")
        assert page + "/unfollow" in eva.get(page).text
        assert "Schools" in eva.text(FOLLOWED)
        with scene.office.work():
            answer_in(db.session.get_one(Hearing, 1), scene.office.person("rosa"))
            tomorrow = clock.now(db.session()) + timedelta(days=1, minutes=1)
        for _again in range(2):
            with clock.replay(tomorrow):
                jobs.run_once(scene.office.app)
        assert [mail.recipient for mail in mails(scene)] == ["eva@example.org"]
        sent = scene.office.app.extensions["mailman"].outbox[-1].body
        for words in ("Answered in “Schools”", "1 question was answered", page + "/comments"):
            assert words in sent
        eva.saved(page + "/unfollow")
        assert "None yet" in eva.text(FOLLOWED)
        assert "Sign in to follow" in scene.office.stranger().text(page)

    def test_who_follows_a_hearing_is_told_the_day_before_that_it_comes(
        self, scene: Proposing
    ) -> None:
        with scene.office.work():
            hearing = convene(scene.office.round_().parliament, scene.office.person("ada"))
            hearing.starts += timedelta(days=1)
            hearing.ends += timedelta(days=1)
            day = clock.now(db.session())
        scene.office.browser("eva").saved(HOME + "hearings/1/follow")
        with clock.replay(day + timedelta(days=1, minutes=1)):
            jobs.run_once(scene.office.app)
        assert "Hearings to come" in scene.office.app.extensions["mailman"].outbox[-1].body

    def test_a_mail_about_a_hearing_can_be_ended_too(self, scene: Proposing) -> None:
        with scene.office.work():
            eva = accounts.ensure_user("eva@example.org")
            hearing = convene(scene.office.round_().parliament, scene.office.person("ada"))
            following.follow(eva, hearing)
            path = urlsplit(following.end_address(eva, hearing, "en")).path
        scene.office.stranger().client.post(path, data={"List-Unsubscribe": "One-Click"})
        with scene.office.work():
            assert db.session.scalars(db.select(Following)).all() == []

    def test_a_saved_search_is_told_of_once_a_day(self, scene: Proposing) -> None:
        scene.propose("An old roof")
        eva = scene.office.browser("eva")
        eva.saved(ROUND + "searches?text=roof", {"name": "Roofs"})
        scene.propose("A new roof")
        scene.propose("A bus")
        jobs.run_once(scene.office.app)
        assert mails(scene) == []
        with scene.office.work():
            tomorrow = clock.now(db.session()) + timedelta(days=1, minutes=1)
        for _again in range(2):
            with clock.replay(tomorrow):
                jobs.run_once(scene.office.app)
        assert len(mails(scene)) == 1
        sent = scene.office.app.extensions["mailman"].outbox[-1].body
        assert "New in “Roofs”" in sent
        assert "A new roof" in sent
        assert "old roof" not in sent
        assert "bus" not in sent

    def test_nothing_new_makes_no_mail_and_never_means_never(self, scene: Proposing) -> None:
        eva = scene.office.browser("eva")
        eva.saved(ROUND + "searches?text=roof", {"name": "Roofs"})
        eva.saved(FOLLOWED + "/pace", {"pace": "never"})
        scene.propose("A new roof")
        with scene.office.work():
            later = clock.now(db.session()) + timedelta(days=30)
        with clock.replay(later):
            jobs.run_once(scene.office.app)
            eva_again = scene.office.browser("eva")
            eva_again.saved(FOLLOWED + "/pace", {"pace": "daily"})
            with scene.office.work():
                db.session.scalars(db.select(AlertPlan)).one().due_at = later
            jobs.run_once(scene.office.app)
        assert mails(scene) == []

    def test_a_name_is_used_once_and_the_page_keeps_the_search(self, scene: Proposing) -> None:
        scene.propose("A roof")
        eva, path = scene.office.browser("eva"), ROUND + "searches?text=roof"
        eva.saved(path, {"name": "Roofs"})
        answer = eva.post(path, {"name": "Roofs"})
        assert answer.status_code == 422
        assert re.findall(r'id="(save-name)-error"', answer.text) == ["save-name"]
        assert 'value="roof"' in answer.text

    def test_one_page_shows_and_ends_all_that_a_person_follows(self, scene: Proposing) -> None:
        number = scene.propose("A roof", estimate=500_00)
        eva = scene.office.browser("eva")
        eva.saved(ROUND + "searches?text=roof&most=600", {"name": "Roofs"})
        eva.saved(f"{LIST}{number}/follow")
        eva.saved(ROUND + "follow")
        text = eva.text(FOLLOWED)
        assert "up to €600" in text
        other = scene.office.browser("ben")
        assert "Roofs" not in other.text(FOLLOWED)
        assert other.post(FOLLOWED + "/1/end").status_code == 404
        assert other.post(FOLLOWED + "/searches/1/remove").status_code == 404
        for path in ("/1/end", "/2/end", "/searches/1/remove"):
            eva.saved(FOLLOWED + path)
        assert "None yet" in Page(eva.get(FOLLOWED).text).text
