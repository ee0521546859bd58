"""The published rules: their names and sentences, and the text that introduces them."""

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from budget_app.accounts.models import User
from budget_app.deliberation.models import ModerationText, Rule
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.records.models import Act
from budget_app.records.services import record
from voting import clock

NAMES = {
    Rule.INSULT: _l("Insults"),
    Rule.HATRED: _l("Hatred and discrimination"),
    Rule.THREAT: _l("Threats and calls to violence"),
    Rule.PRIVACY: _l("Private facts about others"),
    Rule.FALSE_IDENTITY: _l("Posing as somebody else"),
    Rule.ADVERTISING: _l("Advertising and repetition"),
    Rule.OFF_TOPIC: _l("Nothing to do with the subject"),
}

SENTENCES = {
    Rule.INSULT: _l("Contradict what people say; do not insult who they are."),
    Rule.HATRED: _l(
        "Nobody is run down for origin, sex, religion, disability, age, sexual orientation or poverty."
    ),
    Rule.THREAT: _l("No threat against anybody, and no call to harm people or things."),
    Rule.PRIVACY: _l(
        "No addresses, telephone numbers, health or family matters of people who did not publish them themselves."
    ),
    Rule.FALSE_IDENTITY: _l("Nobody writes in the name of another person or of an office."),
    Rule.ADVERTISING: _l(
        "No advertising, no campaign links, and not the same text again and again."
    ),
    Rule.OFF_TOPIC: _l("Stay with the proposal, the round or the hearing below which you write."),
}

_DEFAULT = (
    _l("Everybody may speak here, and everybody should be able to read along without fear."),
    _l(
        "A comment is removed only for breaking one of the rules below, never for its opinion: criticism of the parliament, of its members and of its officials stays, however sharp it is."
    ),
    _l(
        "**Who decides.** Anybody can report a comment. A moderator of the parliament looks at it, and keeps it or removes it with the rule and an explanation. Nobody decides about a comment of their own."
    ),
    _l(
        "**Your appeal.** If your comment is removed, you get a mail with the reason and can appeal once, in your own words. Another official decides, never the one who removed it. If the appeal is right, the comment is back as it was."
    ),
    _l(
        "**In the open.** Every removal is published in the moderation log: the rule, the explanation, the date, the office and what became of the appeal, without the removed words and without anybody's name."
    ),
)


def default_text(language: str) -> str:
    """What introduces the rules of a parliament that has not worded them itself: Markdown."""
    with force_locale(language):
        return "\n\n".join(str(paragraph) for paragraph in _DEFAULT)


def texts_of(parliament: Parliament) -> dict[str, str]:
    """The introduction by language, complete for the parliament's languages."""
    row = db.session.get(ModerationText, parliament.id)
    own = row.texts if row else {}
    return {code: own.get(code) or default_text(code) for code in parliament.languages}


def set_texts(parliament: Parliament, texts: dict[str, str], *, by: User) -> None:
    """Word the introduction; a language without words has the default."""
    row = ModerationText(
        parliament_id=parliament.id, texts=texts, changed_at=clock.now(db.session())
    )
    db.session.merge(row)
    record(Act.MODERATION_RULES_CHANGED, actor=by, parliament=parliament)
