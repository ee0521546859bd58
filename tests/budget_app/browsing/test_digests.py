"""Digests: chosen for a parliament, one mail a period, nothing new no mail, ended by one press."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from budget_app import jobs
from budget_app.accounts import services as accounts
from budget_app.browsing import digests
from budget_app.browsing.models import DigestChoice, Pace
from budget_app.deliberation import services as deliberation
from budget_app.deliberation.subjects import OfRound, subject_of
from budget_app.extensions import db
from budget_app.feedback import services as feedback
from budget_app.feedback import surveys
from budget_app.feedback.models import QuestionKind
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import Parliament
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import RoundState
from tests.budget_app.browsing.answering import answer_everywhere
from tests.budget_app.browsing.scenes import Proposing
from tests.budget_app.hearings.meeting import convene
from tests.budget_app.reviews.scenes import NOT_FEASIBLE, review_as
from tests.budget_app.rounds.office import HOME
from voting import clock
from voting.database import writing

FOLLOWED = HOME + "following"
DIGEST = FOLLOWED + "/digest"
WORKERS = 4


def now(scene: Proposing) -> datetime:
    with scene.office.work():
        return clock.now(db.session())


def mails(scene: Proposing) -> list[tuple[str, str, str]]:
    """Recipient, address of the end, and body of each mail that waits, but for decisions."""
    with scene.office.work():
        found = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id))
        return [
            (mail.recipient, mail.unsubscribe, mail.body)
            for mail in found
            if mail.recipient == "eva@example.org"
        ]


def tell_all(scene: Proposing, moment: datetime) -> None:
    """What the worker does at `moment`, without the sending."""
    with clock.replay(moment), scene.office.work():
        for choice in digests.due():
            digests.tell(choice)


def test_workers_of_one_moment_send_one_mail(scene: Proposing) -> None:
    with scene.office.work():
        parliament = scene.office.round_().parliament
        digests.choose(accounts.ensure_user("eva@example.org"), parliament, Pace.DAILY)
    scene.propose("Roof")
    number = scene.propose("Bus")
    with scene.office.work():
        words = deliberation.Words("We look into it.", "en", "once")
        rosa, bus = scene.office.person("rosa"), db.session.get_one(Proposal, number)
        deliberation.post(subject_of(bus), words, author=rosa, official=True)
    app, tomorrow = scene.office.app, now(scene) + timedelta(days=1, minutes=1)

    def work(_n: int) -> None:
        with app.test_request_context("/en/example/"), clock.replay(tomorrow), writing():
            for choice in db.session.scalars(db.select(DigestChoice.id)).all():
                digests.tell(choice)
                db.session.commit()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    [(_to, _end, body)] = mails(scene)
    assert "2 new proposals" in body
    assert "An official answered under 1 proposal" in body


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestOneStore:
    """What is told, and to whom; the database makes no difference."""

    def test_nobody_gets_a_digest_without_asking(self, scene: Proposing) -> None:
        assert 'selected value="never"' in _options(scene)
        scene.propose("Roof")
        tell_all(scene, now(scene) + timedelta(days=30))
        assert mails(scene) == []

    def test_a_digest_tells_each_period_what_is_new_and_nothing_twice(
        self, scene: Proposing
    ) -> None:
        scene.propose("Too early")
        scene.office.browser("eva").saved(DIGEST, {"digest": "weekly"})
        assert 'selected value="weekly"' in _options(scene)
        numbers = [scene.propose(f"Idea {n}") for n in range(1, 13)]
        review_as(scene.office, "rosa", numbers[0], NOT_FEASIBLE)
        with scene.office.work():
            round_, ada = scene.office.round_(), scene.office.person("ada")
            feedback.answer(round_, {"en": "More shade"}, {"en": "Trees."}, "", by=ada)
            survey = surveys.begin_survey(OfRound(round_), {"en": "Your opinion"}, by=ada)
            surveys.ask(survey, QuestionKind.SCALE, {"en": "Was it easy?"}, [])
            surveys.begin_survey(OfRound(round_), {"en": "Not yet asked"}, by=ada)
            surveys.open_survey(survey, by=ada)
        tell_all(scene, now(scene) + timedelta(days=6))
        assert mails(scene) == []
        tell_all(scene, now(scene) + timedelta(days=7, minutes=1))
        [(_to, end, body)] = mails(scene)
        for words in (
            "12 new proposals",
            "Idea 12",
            "and 2 more",
            "Idea 1 (not accepted)",
            "More shade",
            "Your opinion",
            end,
        ):
            assert words in body
        for words in ("Too early", "Not yet asked", "Idea 2\n"):
            assert words not in body
        tell_all(scene, now(scene) + timedelta(days=15))
        assert len(mails(scene)) == 1

    def test_a_hearing_is_told_when_it_is_called_and_before_it_begins(
        self, scene: Proposing
    ) -> None:
        scene.office.browser("eva").saved(DIGEST, {"digest": "weekly"})
        begin = now(scene)
        with scene.office.work():
            hearing = convene(scene.office.round_().parliament, scene.office.person("ada"))
            hearing.starts = begin + timedelta(days=20)
            hearing.ends = hearing.starts + timedelta(hours=2)
        told = []
        for week in (1, 2, 3, 4):
            tell_all(scene, begin + timedelta(days=7 * week, minutes=week))
            told.append(len(mails(scene)))
        assert told == [1, 2, 2, 2]
        assert "Hearings to come" in mails(scene)[0][2]

    def test_a_digest_tells_what_officials_answered_wherever_it_was(self, scene: Proposing) -> None:
        scene.office.browser("eva").saved(DIGEST, {"digest": "daily"})
        answer_everywhere(scene, scene.propose("Roof"), in_round=False)
        tell_all(scene, now(scene) + timedelta(days=1, minutes=1))
        [(_to, _end, body)] = mails(scene)
        for words in (
            "An official answered under 1 proposal",
            "Officials answered comments on rounds and hearings",
            "/en/example/rounds/schools/comments",
            "/en/example/hearings/1/comments",
            "Answered in hearings",
            "Schools: 1 question was answered",
            "More shade",
        ):
            assert words in body
        tell_all(scene, now(scene) + timedelta(days=3))
        assert len(mails(scene)) == 1

    def test_a_digest_is_in_the_language_of_the_person(self, scene: Proposing) -> None:
        with scene.office.work():
            eva = accounts.ensure_user("eva@example.org")
            eva.language = "fr"
            parliament = scene.office.round_().parliament
            digests.choose(eva, parliament, Pace.DAILY)
            hearing = convene(parliament, scene.office.person("ada"))
            hearing.starts = datetime(2087, 3, 1, 12, tzinfo=UTC)
            hearing.ends = hearing.starts + timedelta(hours=2)
        scene.propose("Roof")
        tell_all(scene, now(scene) + timedelta(days=2))
        [(_to, _end, body)] = mails(scene)
        assert "1 nouvelle proposition" in body
        assert "1er mars 2087" in body
        assert "/fr/example/" in body

    def test_one_press_in_the_mail_program_ends_it(self, scene: Proposing) -> None:
        scene.office.browser("eva").saved(DIGEST, {"digest": "daily"})
        scene.propose("Roof")
        tell_all(scene, now(scene) + timedelta(days=2))
        [(_to, end, _body)] = mails(scene)
        path, stranger = urlsplit(end).path, scene.office.stranger()
        assert "Digest: " in stranger.text(path)
        assert 'selected value="daily"' in _options(scene)
        stranger.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert 'selected value="never"' in _options(scene)
        scene.propose("Bus")
        tell_all(scene, now(scene) + timedelta(days=9))
        assert len(mails(scene)) == 1

    def test_what_happened_without_a_digest_is_not_told_afterwards(self, scene: Proposing) -> None:
        eva = scene.office.browser("eva")
        for pace in ("daily", "never"):
            eva.saved(DIGEST, {"digest": pace})
        scene.propose("Meanwhile")
        eva.saved(DIGEST, {"digest": "daily"})
        tell_all(scene, now(scene) + timedelta(days=2))
        assert mails(scene) == []

    @pytest.mark.parametrize("why", ["exercise", "retired", "draft"])
    def test_exercises_and_what_is_closed_or_not_announced_send_nothing(
        self, scene: Proposing, why: str
    ) -> None:
        eva = scene.office.browser("eva")
        eva.saved(DIGEST, {"digest": "daily"})
        scene.propose("Roof")
        with scene.office.work():
            parliament = db.session.scalars(db.select(Parliament)).one()
            if why == "exercise":
                parliament.is_exercise = True
            elif why == "retired":
                parliament.retired_at = clock.now(db.session())
            else:
                scene.office.round_().state = RoundState.DRAFT
        jobs.run_once(scene.office.app)
        tell_all(scene, now(scene) + timedelta(days=2))
        assert mails(scene) == []

    def test_an_unknown_pace_is_refused(self, scene: Proposing) -> None:
        eva = scene.office.browser("eva")
        assert eva.post(DIGEST, {"digest": "hourly"}).status_code == 422


def _options(scene: Proposing) -> str:
    """The part of the page in which eva chooses."""
    page = scene.office.browser("eva").get(FOLLOWED).text
    return " ".join(page[page.index('id="digest-heading"') :].split())
