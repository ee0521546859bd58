"""What the example's rounds say of themselves, and what the example asks: commitments, answers, surveys."""

from budget_app.accounts.models import Role, User
from budget_app.deliberation.subjects import OfHearing, OfRound, Subject
from budget_app.demonstration import people
from budget_app.demonstration.content import Table, read
from budget_app.feedback import corrections, queries, services, surveys
from budget_app.feedback.models import Light, Principle, QuestionKind, Survey
from budget_app.hearings.queries import hearings_of
from budget_app.parliaments.models import Parliament
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
            _answer(round_, entry, office)
    for entry in content["surveys"]:
        if entry["round"] == round_.slug and "hearing" not in entry:
            surveys.open_survey(_written(OfRound(round_), entry, office), by=office)


def ask_about_hearings(parliament: Parliament) -> None:
    """What is asked about a hearing: now when it is over, else as soon as it has ended."""
    office = people.with_role(Role.ADMINISTRATOR)[0]
    entries = {entry["round"]: entry for entry in read("feedback")["surveys"] if "hearing" in entry}
    for hearing in hearings_of(parliament):
        entry = entries.pop(hearing.round_.slug, None) if hearing.round_ else None
        if entry:
            survey = _written(OfHearing(hearing), entry, office)
            publish = surveys.open_survey if hearing.is_over else surveys.await_hearing
            publish(survey, by=office)


def _answer(round_: Round, entry: Table, office: User) -> None:
    did = entry.get("first_did") or entry["did"]
    row = services.answer(round_, entry["said"], did, entry["evidence"], by=office)
    corrections.correct(row, corrections.content_of(row) | {"did": entry["did"]}, by=office)


def _written(subject: Subject, entry: Table, office: User) -> Survey:
    survey = surveys.begin_survey(subject, entry["title"], by=office)
    for asked in entry["questions"]:
        surveys.ask(survey, QuestionKind(asked["kind"]), asked["text"], asked.get("options", []))
    return survey
