"""Two proposals become one when both authors agree."""

import pytest

from budget_app.accounts import services as accounts
from budget_app.accounts.models import User
from budget_app.browsing.following import follow, follows, supporters_of
from budget_app.browsing.models import Support
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalState
from budget_app.records.models import Record
from budget_app.rounds import services
from budget_app.rounds.destruction import _erase
from tests.budget_app.browsing.scenes import LIST
from tests.budget_app.reviews.scenes import NOT_FEASIBLE, Reviewing
from voting import clock

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
REASONS = "Both are about the same roof."


@pytest.fixture
def pair(scene: Reviewing) -> tuple[int, int]:
    """`source` by eva, which rosa has, and `target` by ana."""
    target = scene.propose("A new roof")
    source = scene.propose("Mend the roof")
    scene.by("eva")
    with scene.office.work():
        proposal = db.session.get_one(Proposal, source)
        proposal.author = scene.office.person("eva")
    scene.begin("rosa", source)
    return source, target


def propose(scene: Reviewing, source: int, target: object, name: str = "rosa") -> int:
    data = {"target": str(target), "reasons": REASONS}
    return scene.by(name).post(f"{LIST}{source}/review/merge", data).status_code


def test_with_both_consents_people_move_along_and_count_once(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    _support(scene, source, "eva", "ida", "ole")
    _support(scene, target, "ida")
    assert propose(scene, source, f"https://example.org{LIST}{target}") == 302
    assert "Merged" not in scene.public(source)
    assert REASONS in scene.mails_to("eva")[-1]
    scene.by("ana").saved(f"{LIST}{target}/merges/1/agree")
    assert scene.state_of(source) is ProposalState.SUBMITTED
    assert REASONS in scene.by("eva").text(f"{LIST}{source}")
    scene.by("eva").saved(f"{LIST}{source}/merges/1/agree")
    assert scene.state_of(source) is ProposalState.MERGED
    assert f'href="{LIST}{target}"' in scene.office.stranger().get(f"{LIST}{source}").text
    assert "Merged from Mend the roof" in scene.public(target)
    with scene.office.work():
        kept = db.session.get_one(Proposal, target)
        assert supporters_of(kept) == 3
        assert follows(scene.office.person("ole"), kept)
        assert [user.name for user in kept.joined] == ["Eva"]
    assert f'href="{LIST}{source}"' not in scene.office.stranger().get(LIST).text
    late = scene.by("rosa").post(f"{LIST}{source}/review", NOT_FEASIBLE)
    assert late.status_code == 409
    assert "was merged into another one" in late.text
    assert acts_of_merges(scene) == [
        ("proposal:merge:asked", "rosa@example.org"),
        ("proposal:merge:agreed", "ana@example.org"),
        ("proposal:merge:agreed", "eva@example.org"),
        ("proposal:merge:done", "eva@example.org"),
    ]


def acts_of_merges(scene: Reviewing) -> list[tuple[str, str]]:
    """What the record says of merges, with the address of who did it."""
    with scene.office.work():
        query = db.select(Record, User.email).join(User, User.id == Record.actor_id)
        found = db.session.execute(query.order_by(Record.id))
        return [(row.act.value, email) for row, email in found if ":merge:" in row.act.value]


@on_sqlite
def test_who_agreed_sees_what_is_pending_and_the_reviewer_takes_it_back(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    cleo = scene.write_along("cleo", source)
    assert propose(scene, source, target) == 302
    ana = scene.by("ana")
    ana.saved(f"{LIST}{target}/merges/1/agree")
    pending = ana.text(f"{LIST}{target}")
    assert "as soon as the other author agrees" in pending
    assert "It waits for the author of Mend the roof" in pending
    take_back = f"{LIST}{source}/review/merges/1/withdraw"
    assert scene.by("rui").post(take_back).status_code == 409  # who has declared nothing
    scene.by("rosa").saved(take_back)
    assert "It waits for" not in ana.text(f"{LIST}{target}")
    for name in ("ana", "eva", "cleo"):
        assert "took the request to merge back" in scene.mails_to(name)[-1]
    rosa = scene.by("rosa").text(f"{LIST}{source}/review")
    for text in (ana.text(f"{LIST}{target}"), cleo.text(f"{LIST}{source}"), rosa):
        assert "Taken back by the reviewers" in text
    assert "Taken back" not in scene.public(target)
    assert scene.by("eva").post(f"{LIST}{source}/merges/1/agree").status_code == 409
    assert scene.by("rosa").post(take_back).status_code == 409
    assert acts_of_merges(scene)[-1] == ("proposal:merge:withdrawn", "rosa@example.org")


@on_sqlite
def test_the_last_consent_says_that_they_are_merged(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    assert propose(scene, source, target) == 302
    scene.by("ana").saved(f"{LIST}{target}/merges/1/agree")
    scene.by("eva").saved(f"{LIST}{source}/merges/1/agree")
    assert "Both authors agreed: the proposals are merged." in scene.by("eva").text(
        f"{LIST}{target}"
    )


@on_sqlite
def test_a_decline_ends_the_request_and_reviewers_see_it(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    assert propose(scene, source, target) == 302
    assert scene.by("eva").post(f"{LIST}{target}/merges/1/agree").status_code == 403
    assert scene.by("ida").post(f"{LIST}{source}/merges/1/agree").status_code == 403
    scene.by("ana").saved(f"{LIST}{target}/merges/1/decline")
    assert scene.by("eva").post(f"{LIST}{source}/merges/1/agree").status_code == 409
    assert "Declined" in scene.by("rosa").text(f"{LIST}{source}/review")
    assert propose(scene, source, target) == 302  # one may ask again


@on_sqlite
def test_no_merge_with_itself_in_a_circle_across_rounds_or_of_what_is_decided(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    with scene.office.work():
        ada = scene.office.person("ada")
        other = services.create_round(
            scene.office.round_().parliament, {"en": "Other"}, by=ada, slug="other"
        )
        elsewhere = Proposal(
            round_=other,
            district=other.districts[0],
            author=ada,
            state=ProposalState.SUBMITTED,
            language="en",
            title="Elsewhere",
            created_at=clock.now(db.session()),
            submitted_at=clock.now(db.session()),
        )
        db.session.add(elsewhere)
        db.session.flush()
        number = elsewhere.id
    for wrong in (source, number, 999, "roof", "", "9" * 30):
        assert propose(scene, source, wrong) == 422
    scene.begin("rui", target)
    assert propose(scene, source, target) == 302
    assert propose(scene, target, source, "rui") == 422  # in a circle
    assert propose(scene, source, target) == 422  # asked already
    third = scene.propose("A third roof")
    scene.begin("rosa", third)
    assert propose(scene, third, source) == 422  # the other is on its way elsewhere
    scene.by("rui").saved(f"{LIST}{target}/review", NOT_FEASIBLE)
    assert scene.by("eva").post(f"{LIST}{source}/merges/1/agree").status_code == 409
    assert propose(scene, source, target) == 422  # decided


@on_sqlite
def test_a_coauthor_objects_and_the_authors_still_decide(
    scene: Reviewing, pair: tuple[int, int]
) -> None:
    source, target = pair
    cleo = scene.write_along("cleo", source)
    page = f"{LIST}{source}/merges/1/object"
    assert propose(scene, source, target) == 302
    (asked,) = scene.mails_to("cleo")
    assert "Their authors decide; you can object" in asked
    assert page in cleo.get(f"{LIST}{source}").text
    assert cleo.post(page, {"reasons": " "}).status_code == 422
    too_long = cleo.post(page, {"reasons": "x" * 1001})
    assert ("x" * 1001 in too_long.text, too_long.status_code) == (True, 422)
    cleo.saved(page, {"reasons": "Ours is about <tiles>."})
    cleo.saved(page, {"reasons": "Ours is about <slates>."})
    assert "Ours is about <slates>." in scene.by("rosa").text(f"{LIST}{source}/review")
    for name, number in (("eva", source), ("ana", target)):
        told = scene.by(name).text(f"{LIST}{number}")
        assert "Cleo, a co-author, objects: Ours is about <slates>." in told
        assert [mail for mail in scene.mails_to(name) if "A co-author objects" in mail] == [
            mail for mail in scene.mails_to(name) if "tiles" in mail
        ]
    request = scene.by("rosa").text(f"{LIST}{source}/review").partition("Take the request back")[0]
    assert "Cleo, a co-author, objects: Ours is about <slates>." in request
    assert "slates" not in scene.public(source)
    scene.by("eva").saved(f"{LIST}{source}/merges/1/agree")
    scene.by("ana").saved(f"{LIST}{target}/merges/1/agree")
    assert scene.state_of(source) is ProposalState.MERGED
    assert cleo.post(page, {"reasons": "Too late."}).status_code == 409
    assert len([mail for mail in scene.mails_to("cleo") if "became one" in mail]) == 1


@on_sqlite
def test_only_coauthors_object(scene: Reviewing, pair: tuple[int, int]) -> None:
    source, target = pair
    assert propose(scene, source, target) == 302
    page = f"{LIST}{source}/merges/1/object"
    for name in ("eva", "ana", "ida", "rosa"):
        assert scene.by(name).post(page, {"reasons": "No."}).status_code == 403
    assert scene.office.stranger().get(page).status_code == 302
    dan = scene.write_along("dan", target)
    assert dan.post(page, {"reasons": "No."}).status_code == 403  # of the other proposal
    dan.saved(f"{LIST}{target}/merges/1/object", {"reasons": "No."})
    with scene.office.work():
        _erase(scene.office.round_())
    assert "No." not in scene.by("eva").text(f"{LIST}{source}")


def _support(scene: Reviewing, number: int, *names: str) -> None:
    with scene.office.work():
        proposal = db.session.get_one(Proposal, number)
        for name in names:
            user = accounts.ensure_user(f"{name}@example.org", name=name.title())
            db.session.flush()
            now = clock.now(db.session())
            db.session.add(Support(proposal_id=number, user_id=user.id, created_at=now))
            follow(user, proposal)
