"""What hearings were before drafts and appeals survives the migration."""

from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from budget_app.accounts.models import User
from budget_app.deliberation.models import Decision, Rule
from budget_app.extensions import db
from budget_app.hearings import services
from budget_app.hearings.models import Hearing, HearingState
from tests.budget_app.hearings.meeting import PAGE, Meeting, facts
from voting.database import writing

BEFORE = "6c0a4d7f93e2"
"""Before drafts, simulations and appeals."""


def test_hearings_stay_public_and_what_is_hidden_can_be_appealed(meeting: Meeting) -> None:
    meeting.ask("ana")
    meeting.ask("ben", "Who pays for the new bridge over the river?")
    meeting.browser("mod").saved(PAGE + "/questions/1/hide", {"rule": "privacy"})
    with meeting.office.work():
        parliament = meeting.hearing().parliament
        services.prepare(parliament, facts(meeting.office), by=meeting.office.person("ada"))
    with meeting.office.app.app_context(), writing():
        downgrade(revision=BEFORE)
        hidden = text("SELECT hidden_for FROM hearing_question ORDER BY id")
        assert db.session.scalars(hidden).all() == ["personal-data", None]
        db.session.rollback()
        upgrade()
        found = db.session.scalars(db.select(Hearing)).all()
        assert [hearing.state for hearing in found] == [HearingState.PLANNED]
        decision = db.session.scalars(db.select(Decision)).one()
        assert (decision.rule, decision.question_id) == (Rule.PRIVACY, 1)
        assert db.session.get_one(User, decision.by_id).email == "mod@example.org"
        db.session.remove()
    assert "new school" not in meeting.live()
    meeting.browser("ana").saved(
        "/en/example/moderation/decisions/1/appeal", {"words": "It is mine."}
    )
