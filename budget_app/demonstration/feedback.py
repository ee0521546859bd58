"""What the example's rounds say of themselves: commitments, answers, and a survey."""

from budget_app.accounts.models import Role
from budget_app.demonstration import people
from budget_app.demonstration.content import read
from budget_app.deliberation.subjects import OfRound
from budget_app.feedback import queries, services, surveys
from budget_app.feedback.models import Light, Principle, QuestionKind
from budget_app.rounds.models import Round


def speak(round_: Round) -> None:
    """Publish what the content has for the round; a second time nothing."""
    content, office = read("feedback"), people.with_role(Role.ADMINISTRATOR)[0]
    if queries.answers(round_) or queries.commitments(round_):
        return
    for entry in content["commitments"]:
        if entry["round"] == round_.slug:
            made = services.commit(
                round_, Principle(entry["principle"]), entry["promise"], by=office
            )
            light, words = Light(entry["light"]), entry["words"]
            services.set_light(made, light, words, entry["evidence"], by=office)
    for entry in content["answers"]:
        if entry["round"] == round_.slug:
            services.answer(round_, entry["said"], entry["did"], entry["evidence"], by=office)
    if content["survey"]["round"] == round_.slug:
        survey = surveys.begin_survey(OfRound(round_), content["survey"]["title"], by=office)
        for asked in content["survey"]["questions"]:
            options = asked.get("options", [])
            surveys.ask(survey, QuestionKind(asked["kind"]), asked["text"], options)
        surveys.open_survey(survey, by=office)
