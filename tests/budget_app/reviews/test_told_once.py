"""Whoever writes a proposal is told of each step of its review once, also when it is pressed twice."""

from collections.abc import Callable

from budget_app.accounts.models import User
from budget_app.browsing.following import follow
from budget_app.extensions import db
from budget_app.proposals.models import Proposal
from budget_app.reviews import appeals, decisions, merging, questions
from budget_app.reviews.decisions import Findings
from budget_app.reviews.models import AppealOutcome, Merge, Verdict
from tests.budget_app.at_once import at_once
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import Reviewing


def twice(scene: Reviewing, act: Callable[[], object]) -> int:
    """Press at the same moment twice; answers to how many presses were refused."""
    return len(at_once(scene.office.app, act, act))


def found(number: int) -> Proposal:
    return db.session.get_one(Proposal, number)


def person(scene: Reviewing, name: str) -> User:
    return scene.office.person(name)


def test_a_question_a_decision_and_an_appeal_are_each_told_once(scene: Reviewing) -> None:
    number = scene.propose()
    scene.write_along("eva", number)
    with scene.office.work():
        for name in ("ana", "eva"):
            follow(person(scene, name), found(number))
    scene.begin("rosa", number)
    no = Findings(Verdict.NOT_FEASIBLE, None, "Too steep.")

    def ask() -> None:
        questions.ask(found(number), "How steep?", by=person(scene, "rosa"))

    def appeal() -> None:
        appeals.make_appeal(found(number), "It is flat.", by=person(scene, "eva"))

    def reopen() -> None:
        rui = person(scene, "rui")
        appeals.decide_appeal(found(number), AppealOutcome.REOPENED, "We look again.", by=rui)

    assert twice(scene, ask) == 0
    assert twice(scene, lambda: decisions.decide(found(number), no, by=person(scene, "rosa"))) == 1
    assert twice(scene, appeal) == 1
    scene.begin("rui", number)
    assert twice(scene, reopen) == 1
    for name in ("ana", "eva"):
        mails = scene.mails_to(name)
        for words in ("How steep?", "Too steep.", "We look again."):
            assert len([mail for mail in mails if words in mail]) == 1
        assert len(mails) == 3


def test_a_merge_is_asked_objected_to_and_told_once(scene: Reviewing) -> None:
    target, source = scene.propose("A new roof"), scene.propose("Mend the roof")
    scene.by("eva")
    for number in (source, target):
        scene.write_along("cleo", number)
    with scene.office.work():
        found(source).author = person(scene, "eva")
        for number in (source, target):
            follow(person(scene, "cleo"), found(number))
    scene.begin("rosa", source)

    def propose() -> None:
        merging.propose_merge(found(source), found(target), "Alike.", by=person(scene, "rosa"))

    def one() -> Merge:
        return db.session.get_one(Merge, 1)

    def agree(name: str) -> Callable[[], None]:
        return lambda: merging.answer_merge(one(), by=person(scene, name), agrees=True)

    assert twice(scene, propose) == 1
    assert twice(scene, lambda: merging.object_to(one(), "No.", by=person(scene, "cleo"))) == 0
    assert at_once(scene.office.app, agree("eva"), agree("ana")) == []
    assert [len(scene.mails_to(name)) for name in ("cleo", "eva", "ana")] == [2, 3, 3]
    assert f"{LIST}{target}" in scene.mails_to("cleo")[-1]
