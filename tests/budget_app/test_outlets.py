"""Before the close nothing that the application hands out says how many chose what.

Two worlds are the same but for what the same voters chose: in one all chose project `a`, in the
other all chose `b`. Every page, file, list order, header, mail, line and command is the same in both.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from budget_app import create_app, jobs
from budget_app.accounts import services as accounts
from budget_app.accounts import sessions
from budget_app.accounts.models import LinkPurpose, Role, SignIn, SignInLink, User
from budget_app.booth.queries import ORDER, keys
from budget_app.browsing.pages import SHUFFLE
from budget_app.cli import pb
from budget_app.deliberation.models import (
    AppealState,
    Comment,
    CommentState,
    Decision,
    Rule,
    Stance,
    Thread,
    Verdict,
)
from budget_app.deliberation.subjects import OfHearing, OfRound
from budget_app.extensions import db
from budget_app.feedback import services as feedback
from budget_app.feedback import surveys
from budget_app.feedback.models import Light, Principle, QuestionKind
from budget_app.mailing.models import OutgoingMail
from budget_app.parliaments.models import PageKind
from budget_app.parliaments.queries import by_slug
from budget_app.parliaments.services import keep_page
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.rounds.models import Round
from budget_app.settings import Settings
from budget_app.training import services as training
from budget_app.training.models import Beginning, DelegationState
from tallying.evidence.acceptance import receipt_code
from tests.budget_app.booth.scenes import Scene, open_scene
from tests.budget_app.hearings.meeting import convene
from tests.budget_app.leaks import LEAKS, add_leaks, say
from tests.budget_app.walks import Walk, WatchedRequest, differences, pages
from voting import clock
from voting.database import writing
from voting.models import Envelope, LogCheckpoint

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
VOTERS = 4
OFFICIALS = {
    "administrator": Role.ADMINISTRATOR,
    "reviewer": Role.REVIEWER,
    "auditor": Role.AUDITOR,
}
PARAMETERS = {
    "order": ["name", "cost", "cost-down", "votes", "turnout", "supported", "cheap"],
    "district": ["north", "south"],
    "category": ["Parks", "mobility"],
    "state": ["submitted", "accepted"],
    "text": ["project", "roof"],
    "from": ["1"],
    "to": ["2"],
    "q": ["project"],
    "page": ["1", "2"],
    "round": ["schools"],
    "kind": ["vote"],
    "goal": ["4"],
    "least": ["1"],
    "most": ["100000"],
    "proposal": ["1"],
    "project": ["a"],
    "but": ["1"],
    "reviewer": ["none"],
    "waiting": ["author", "appeal"],
    "watch": ["stream"],
    "refresh": ["off"],
    "write": ["1"],
    "start": ["0", "3"],
    "then": ["review"],
    "pin": ["18.5,-69.9"],
    "group": ["1"],
    "background": ["on"],
    "next": ["/en/example/rounds/schools/vote"],
}
"""What is tried in the query of each page that asks for it."""
NOTHING_YET = {
    "the set-up of a sealed round leads to where the round stands": [
        *("change_project", "new_project", "setup_announce", "setup_ballot", "setup_conditions"),
        *("setup_checklist", "setup_criterion", "setup_district", "setup_districts"),
        *("setup_keys", "setup_lots", "setup_outlines", "setup_phases", "setup_projects"),
        *("setup_quorum", "setup_rule", "setup_seal", "setup_texts", "setup_witnesses"),
    ],
    "there is no count": [
        *("audit.answer", "audit.auditor_bundle", "audit.bundle"),
        *("results.project", "results.steps", "sharing.result_picture"),
    ],
    "the layers are opened after the close": ["open_layers"],
    "the hearing has not ended": ["hearings.answer_question", "hearings.minutes"],
    "no amendment was made": ["rounds.amended_file"],
    "hearings are simulated in exercises": ["hearings.simulation"],
    "proposals are written before": [
        *("proposals.edit", "proposals.edit_coauthors", "proposals.edit_files"),
        *("proposals.invitation", "proposals.new"),
    ],
    "the proposal has no files": ["proposals.attachment_file", "proposals.picture_file"],
    "it leads on": [
        "booth.go_on",
        "training.door",
        "browsing.booklet_file",
        "parliaments.choose_language",
    ],
    "the address is signed": ["browsing.end_mails"],
    "it is the author's own draft": ["browsing.before_submitting"],
    "only its authors answer, appeal or object": [
        *("reviews.answer", "reviews.appeal", "reviews.object_to_merge"),
    ],
}
"""Endpoints that show nobody a page before the close, and why; names without a dot are of the office."""
CHANGING = {
    "create-administrator": "makes an account",
    "create-parliament": "makes a parliament",
    "demo": "fills the example",
    "remove-exercises": "removes exercises that were closed",
    "import-pabulib": "makes a round of a file",
    "index-proposals": "indexes proposals anew",
    "set-outlines": "takes outlines from a file",
    "simulate-hearing": "acts in a hearing of an exercise",
    "reset-second-factor": "changes an account",
    "sequencer": "runs until it is stopped; what it does is what `Scene.log` does",
    "worker": "runs until it is stopped; one pass of it is compared",
}
"""Commands that are not run here, and why."""

MODES = ("open", "exercise")
Leak = Callable[[Flask], None]


@dataclass(frozen=True)
class World:
    """A round that is open for voting, and everybody who looks at it."""

    scene: Scene
    walk: Walk
    log_lines: list[str]

    def mails(self) -> list[tuple[str, str, str]]:
        with self.scene.app.app_context():
            rows = db.session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
            return [(row.recipient, row.subject, self.walk.steady(row.body)) for row in rows]

    def files(self) -> list[tuple[str, int]]:
        """The files of the installation and their sizes, the database aside."""
        folder = Path(self.scene.app.instance_path)
        return sorted(
            (str(path.relative_to(folder)), path.stat().st_size)
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith("platform.db")
        )

    def printed(self, *arguments: str) -> str:
        result = self.scene.app.test_cli_runner().invoke(args=["pb", *arguments])
        return f"{result.exit_code}\n{result.output}"


@pytest.fixture(scope="module")
def bases(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By secrecy, an installation with an open round without ballots, to be copied with its keys."""
    return {name: _base(tmp_path_factory.mktemp(name), sqlite_template, name) for name in MODES}


def _base(folder: Path, template: Path, mode: str) -> Path:
    shutil.copy(template, folder / "platform.db")
    app = _application(folder)
    with clock.replay(NOW):
        scene = open_scene(app, sealed=mode == "exercise")
        _propose(scene)
        jobs.run_once(app)
    _let_go(app)
    return folder


def _application(folder: Path) -> Flask:
    app = create_app(
        Settings(
            instance_path=folder,
            secret_key="a secret of the tests, long enough",
            mail_backend="locmem",
            embedded_worker=False,
            log_level="INFO",
        )
    )
    app.testing = True
    app.request_class = WatchedRequest
    return app


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _propose(scene: Scene) -> None:
    """A proposal that waits for its review, a link by mail that was not used, a page of its own."""
    with scene.app.app_context(), writing():
        keys().pepper()  # made when it is first asked for; it orders the projects for each account
        round_ = db.session.scalars(select(Round)).one()
        proposal = Proposal(
            round_=round_,
            district=round_.districts[0],
            author=accounts.ensure_user("author@example.org"),
            state=ProposalState.SUBMITTED,
            language="en",
            title="A new roof",
            latitude=18.5,
            longitude=-69.9,
            created_at=NOW,
            submitted_at=NOW,
        )
        link = SignInLink(
            token_hash=sessions.token_hash("link"),
            email="author@example.org",
            purpose=LinkPurpose.SIGN_IN,
            created_at=NOW,
            ends_at=NOW + timedelta(minutes=10),
        )
        db.session.add_all([proposal, link])
        office = accounts.ensure_user("office@example.org")
        promise = feedback.commit(round_, Principle.ETHICS, {"en": "We answer."}, by=office)
        feedback.set_light(promise, Light.RED, {"en": "Not yet."}, "", by=office)
        feedback.answer(round_, {"en": "Too short."}, {"en": "Two more weeks."}, "", by=office)
        survey = surveys.begin_survey(OfRound(round_), {"en": "Your opinion"}, by=office)
        surveys.ask(survey, QuestionKind.SCALE, {"en": "Was it easy?"}, [])
        surveys.open_survey(survey, by=office)
        session = training.begin(
            round_.parliament, "Workshop", {Beginning.BOTH: ["A"]}, 60, by=office
        )
        session.delegations[0].code = "ABCD-EFGH"
        session.delegations[0].state = DelegationState.FAILED  # so that no worker makes it
        keep_page(round_.parliament, PageKind.ABOUT, {"en": "Who we are"})
        db.session.flush()
        _discuss(proposal)
        hearing = convene(round_.parliament, proposal.author)
        surveys.begin_survey(OfHearing(hearing), {"en": "How was it?"}, by=office)
        db.session.commit()


def _discuss(proposal: Proposal) -> None:
    """A comment, and one of a voter that was removed, with an appeal that waits."""
    author, voter = proposal.author, accounts.ensure_user("voter1@example.org")
    thread = Thread(parliament_id=proposal.round_.parliament_id, proposal=proposal)
    comments = [
        Comment(
            thread=thread,
            author=each,
            state=state,
            stance=Stance.FOR,
            language="en",
            text="It rains in.",
            once="form",
            created_at=NOW,
        )
        for each, state in ((author, CommentState.VISIBLE), (voter, CommentState.HIDDEN))
    ]
    db.session.add_all(comments)
    db.session.flush()
    decision = Decision(
        parliament_id=thread.parliament_id,
        comment=comments[1],
        verdict=Verdict.HIDDEN,
        rule=Rule.INSULT,
        explanation="It insults.",
        language="en",
        by_id=author.id,
        at=NOW,
        appeal=AppealState.OPEN,
        appeal_words="It does not.",
        appealed_at=NOW,
    )
    db.session.add(decision)


@pytest.fixture
def world(
    bases: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., World]]:
    """`world("open", "a")`: the round in which everybody has chosen `a`."""
    made: list[Flask] = []

    def make(mode: str, choice: str, leak: Leak | None = None) -> World:
        folder = tmp_path / choice
        shutil.copytree(bases[mode], folder)
        app = _application(folder)
        made.append(app)
        if leak is not None:
            leak(app)
        return _voted(Scene(app), choice, capsys)

    with clock.replay(NOW):
        yield make
    for app in made:
        _let_go(app)


def _voted(scene: Scene, choice: str, capsys: pytest.CaptureFixture[str]) -> World:
    """Each ballot is sequenced alone: the order of a batch is drawn by lot, and tested elsewhere."""
    citizens = [scene.voter(number) for number in range(1, VOTERS + 1)]
    capsys.readouterr()
    for citizen in citizens:
        assert citizen.vote(("choice", choice)).status_code == 303
        scene.log()
    jobs.run_once(scene.app)
    written = capsys.readouterr()
    visitors = {"stranger": _stranger(scene), "citizen": citizens[0].client}
    visitors |= {name: _official(scene, role) for name, role in OFFICIALS.items()}
    for client in visitors.values():
        with client.session_transaction() as session:
            # Or a walk of over a minute renews it, at a moment of its own in each world.
            session[sessions.SEEN] = int(time.time()) + 3600
            session[SHUFFLE] = "a visit"
    with scene.app.app_context(), writing():
        # Who has no second factor is offered a secret drawn by lot.
        db.session.execute(update(User).values(totp_secret="JBSWY3DPEHPK3PXP"))
        db.session.commit()
        newest = db.session.scalars(select(func.max(LogCheckpoint.size))).one()
        rows = select(Envelope.leaf_hash).order_by(Envelope.voter_ref)
        leaves = [bytes(leaf) for leaf in db.session.scalars(rows)]
    labels = {receipt_code(leaf): f"receipt {n}" for n, leaf in enumerate(leaves)}
    labels |= {leaf.hex(): f"leaf {n}" for n, leaf in enumerate(leaves)}
    codes = [receipt_code(leaf) for leaf in leaves]
    walk = Walk(
        scene.app, visitors, _arguments(codes, newest), PARAMETERS | {"code": codes}, labels
    )
    return World(scene, walk, _lines(written.out + written.err))


def _lines(text: str) -> list[str]:
    """What was logged, without when it was and how long it took."""
    return [re.sub(r"^\S+Z |ms=\S+", "", line) for line in text.splitlines()]


def _arguments(codes: list[str], size: int) -> dict[str, list[Any]]:
    """What the parts of addresses may be; a part that is not here fails the walk."""
    return {
        "language": ["en"],
        "parliament": ["example"],
        "round_slug": ["schools"],
        "district_slug": ["north", "south"],
        "project_key": ["a", "b", "d"],
        "criterion_key": ["legal"],
        "merge_id": [1],
        "change": ["amend", "extend", "withdraw", "revoke", "destroy"],
        "proposal_id": [1],
        "comment_id": [1, 2],
        "decision_id": [1],
        "hearing_id": [1],
        "live_hearing_id": [1],
        "question_id": [1],
        "participation_id": [1],
        "objection_id": [1],
        "picture_id": [1],
        "picture_name": ["none.webp"],
        "attachment_id": [1],
        "invitation_token": ["link"],
        "version": [1],
        "number": [1],
        "code": codes,
        "token": ["link"],
        "page_kind": ["about"],
        "join_code": ["ABCD-EFGH"],
        "session_id": [1],
        "delegation_id": [1],
        "commitment_id": [1],
        "standing_id": [1],
        "answer_id": [1],
        "survey_id": [1, 2],
        "review_question_id": [1],
        "tile_name": [f"0/000.p/{size}", f"entries/000.p/{size}", "entries/000.p/3"],
    }


def _stranger(scene: Scene) -> FlaskClient:
    """Somebody signed out; the order of the ballot's projects is drawn by lot for each visit."""
    client = scene.app.test_client()
    with client.session_transaction() as session:
        session[ORDER] = session[SHUFFLE] = "a visit"
    return client


def _official(scene: Scene, role: Role) -> FlaskClient:
    email = f"{role}@example.org"
    client = scene.signed_in(email).client
    with scene.app.app_context(), writing():
        user, parliament = accounts.ensure_user(email), by_slug("example")
        assert parliament is not None
        accounts.grant(user, parliament, role)
        db.session.get_one(SignIn, sessions.token_hash(email)).second_factor_at = NOW
        db.session.commit()
    return client


@pytest.mark.parametrize("mode", MODES)
def test_no_outlet_tells_two_worlds_apart(world: Callable[..., World], mode: str) -> None:
    one, other = world(mode, "a"), world(mode, "b")
    found = one.walk.found()
    assert "\n".join(differences(found, other.walk.found())) == ""
    assert one.files() == other.files()
    assert one.mails() == other.mails()
    assert len(one.mails()) == VOTERS
    assert one.log_lines == other.log_lines
    assert any("booth.cast" in line for line in one.log_lines)
    for command in sorted(pb.commands):
        arguments = [command, "--help"] if command in CHANGING else [command]
        assert one.printed(*arguments) == other.printed(*arguments)
    shown = {answer.endpoint for answer in found.values() if answer.status == 200}
    silent = {name for names in NOTHING_YET.values() for name in names}
    assert {rule.endpoint.removeprefix("administration.") for rule in pages(one.scene.app)} - {
        name.removeprefix("administration.") for name in shown
    } == silent


def test_the_walk_finds_a_page_that_tells(world: Callable[..., World]) -> None:
    """A number, an order, a fingerprint, a length and an address that depend on the votes."""
    one, other = (world("open", choice, add_leaks).walk for choice in ("a", "b"))
    alone = [
        replace(walk, visitors={"stranger": walk.visitors["stranger"]}, endpoints=LEAKS)
        for walk in (one, other)
    ]
    told = differences(*(walk.found() for walk in alone))
    places = [line.split(": ")[1].rpartition("/")[2] for line in told]
    assert places == ["cache", "lead", "length", "say", "sort?order=votes"]


def test_the_walk_stops_at_a_page_whose_arguments_it_does_not_know(
    world: Callable[..., World],
) -> None:
    def add(app: Flask) -> None:
        app.add_url_rule("/<language>/<parliament>/new/<unheard_of>", "new", say)

    walk = replace(world("open", "a", add).walk, endpoints={"new"})
    with pytest.raises(KeyError, match="unheard_of"):
        walk.found()
