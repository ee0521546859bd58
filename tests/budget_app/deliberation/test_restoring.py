"""A removal made by mistake: taken back by moderators, in the open."""

from budget_app.extensions import db
from budget_app.mailing.models import OutgoingMail
from budget_app.records.models import Act, Record
from tests.budget_app.deliberation.scenes import MODERATION, PROPOSAL, Talk


def test_a_removal_by_a_slip_is_taken_back_in_the_open(talk: Talk) -> None:
    number = talk.say("ana", "A sharp word.")
    decision = talk.hide(number)
    mia = talk.office.browser("mia")
    assert "What you decided last" in mia.text(MODERATION)
    restore = f"{MODERATION}decisions/{decision.id}/restore"
    assert restore in mia.get(f"{MODERATION}comments/{number}").text
    mia.saved(restore)
    assert "A sharp word." in talk.office.stranger().text(PROPOSAL)
    log = talk.office.stranger().text(MODERATION + "log")
    assert "It insults people." in log
    assert "Restored: removed by mistake" in log
    assert "Office of Mia" in log
    feed = talk.office.stranger().get(MODERATION + "log.atom").text
    assert "removed by mistake, and is back" in feed
    with talk.office.work():
        acts = [row.act for row in db.session.scalars(db.select(Record).order_by(Record.id))]
        mails = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id))
        told = [(mail.recipient, mail.subject) for mail in mails]
    assert acts[-1] is Act.COMMENT_RESTORED
    assert told[-1] == ("ana@example.org", "Your comment is back")


def test_the_reports_of_a_restored_comment_wait_for_another_decision(talk: Talk) -> None:
    number = talk.say("ana")
    decision = talk.hide(number)
    mia = talk.office.browser("mia")
    mia.saved(f"{MODERATION}decisions/{decision.id}/restore")
    mia.saved(f"{MODERATION}decisions/{decision.id}/restore")  # pressed twice
    assert "1 report" in mia.text(f"{MODERATION}comments/{number}")
    mia.saved(f"{MODERATION}comments/{number}/keep")
    assert talk.comment(number).is_visible


def test_a_removal_taken_back_needs_no_appeal_any_more(talk: Talk) -> None:
    number = talk.say("ana")
    decision = talk.hide(number)
    ana, top = talk.office.browser("ana"), talk.office.browser("max")
    page = f"{MODERATION}decisions/{decision.id}/appeal"
    ana.saved(page, {"words": "It was a joke."})
    assert "Appeal against" in top.text(MODERATION)
    top.saved(f"{MODERATION}decisions/{decision.id}/restore")
    assert "Appeal against" not in top.text(MODERATION)
    assert "removed by mistake" in ana.text(page)
    late = {"explanation": "It stays away.", "dismiss": "1"}
    assert top.post(f"{MODERATION}appeals/{decision.id}", late).status_code == 409
    assert talk.comment(number).is_visible


def test_what_an_appeal_decided_is_not_taken_back(talk: Talk) -> None:
    number = talk.say("ana")
    decision = talk.hide(number)
    talk.office.browser("ana").saved(
        f"{MODERATION}decisions/{decision.id}/appeal", {"words": "It was a joke."}
    )
    verdict = {"explanation": "A joke that insults.", "dismiss": "1"}
    talk.office.browser("max").saved(f"{MODERATION}appeals/{decision.id}", verdict)
    restore = f"{MODERATION}decisions/{decision.id}/restore"
    for name in ("mia", "max"):
        assert talk.office.browser(name).post(restore).status_code == 409
    assert not talk.comment(number).is_visible


def test_nobody_restores_a_comment_of_their_own_and_citizens_none(talk: Talk) -> None:
    decision = talk.hide(talk.say("max"))
    restore = f"{MODERATION}decisions/{decision.id}/restore"
    assert talk.office.browser("max").post(restore).status_code == 409
    assert talk.office.browser("ana").post(restore).status_code == 403
    kept = talk.decision()
    assert kept.restored_at is None


def test_a_report_dismissed_by_a_slip_waits_again_and_who_made_it_is_told(talk: Talk) -> None:
    number = talk.say("ana", "A sharp word.")
    talk.report("eva", number)
    mia = talk.office.browser("mia")
    mia.saved(f"{MODERATION}comments/{number}/keep")
    assert "Kept: it breaks no rule" in mia.text(MODERATION)
    reopen = f"{MODERATION}decisions/{talk.decision().id}/reopen"
    assert reopen in mia.get(f"{MODERATION}comments/{number}").text
    mia.saved(reopen)
    mia.saved(reopen)  # pressed twice
    page = mia.text(f"{MODERATION}comments/{number}")
    assert "1 report" in page
    assert "Kept by mistake" in page
    assert "It breaks no rule" not in mia.text(MODERATION)
    with talk.office.work():
        acts = [row.act for row in db.session.scalars(db.select(Record).order_by(Record.id))]
        mails = db.session.scalars(db.select(OutgoingMail).order_by(OutgoingMail.id)).all()
        told = [mail.body for mail in mails if mail.recipient == "eva@example.org"]
    assert acts.count(Act.COMMENT_REOPENED) == 1
    assert len(told) == 2
    assert "your report waits for another decision" in told[-1]
    verdict = {"rule": "insult", "explanation": "It insults people."}
    mia.saved(f"{MODERATION}comments/{number}/hide", verdict)
    assert not talk.comment(number).is_visible


def test_what_was_kept_is_reopened_by_moderators_other_than_its_author_while_it_is_there(
    talk: Talk,
) -> None:
    number = talk.say("max")
    talk.report("eva", number)
    talk.office.browser("mia").saved(f"{MODERATION}comments/{number}/keep")
    kept = talk.decision().id
    reopen = f"{MODERATION}decisions/{kept}/reopen"
    assert talk.office.browser("max").post(reopen).status_code == 409
    assert talk.office.browser("eva").post(reopen).status_code == 403
    restore = talk.office.browser("mia").post(f"{MODERATION}decisions/{kept}/restore")
    assert restore.status_code == 404  # this address is of removals
    talk.hide(number, reported_by="ben")
    late = talk.office.browser("mia").post(reopen)
    assert late.status_code == 409
    assert "the comment is no longer there" in late.text
