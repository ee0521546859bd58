"""What an entry of the administration's log says: one whole sentence for each act.

Nobody is named: who acted stands in the log as a commitment. An office is named where nobody else
can do the act.
"""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from budget_app.administration.log_entries import LoggedAct
from budget_app.administration.subject_names import Found
from budget_app.administration.subjects import NAMES, in_words
from budget_app.records.models import Act
from budget_app.records.services import LOGGED

SENTENCES: dict[Act, LazyString] = {
    Act.PARLIAMENT_CREATED: _l("The parliament was created."),
    Act.PAGE_CHANGED: _l("A page of the parliament was changed: %(page)s."),
    Act.STREAM_HOSTS_CHANGED: _l(
        "The sites from which streams of hearings may come were changed: %(hosts)s in all."
    ),
    Act.MEMBER_ADDED: _l("Somebody was given a role: %(role)s."),
    Act.MEMBER_REMOVED: _l("A role was taken back from somebody: %(role)s."),
    Act.ROUND_CREATED: _l("A round was begun, as a draft."),
    Act.ROUND_DELETED: _l("The draft of a round was deleted."),
    Act.ROUND_CHANGED: _l("The set-up of a round was changed: %(part)s."),
    Act.ROUND_ANNOUNCED: _l("The round was announced to everybody."),
    Act.LOTS_DRAWN: _l("Lots were drawn, which decide ties. The dice showed %(dice)s."),
    Act.PROJECT_ADDED: _l("A project was put on the ballot."),
    Act.PROJECT_CHANGED: _l("A project on the ballot was changed."),
    Act.PROJECT_REMOVED: _l("A project was taken off the ballot, before the rules were sealed."),
    Act.ROUND_SEALED: _l("The rules were sealed: from here on nothing can change unseen."),
    Act.ROUND_AMENDED: _l("Two officials amended the sealed rules, in public."),
    Act.ROLL_IMPORTED: _l("The roll of voters was read in. Voters added: %(added)s."),
    Act.ROLL_EMPTIED: _l("The roll of voters was emptied. Voters removed: %(removed)s."),
    Act.ACT_REQUESTED: _l("An official asked a second one to agree: %(kind)s."),
    Act.ACT_APPROVED: _l("A second official agreed: %(kind)s."),
    Act.ACT_WITHDRAWN: _l("What a second official was asked for was withdrawn: %(kind)s."),
    Act.ACT_FAILED: _l("What two officials had agreed on could not be carried out: %(kind)s."),
    Act.VOTING_OPENED: _l("Two officials opened the vote."),
    Act.VOTING_EXTENDED: _l("Two officials extended the vote until %(closes)s."),
    Act.PROJECT_WITHDRAWN: _l("Two officials withdrew a project during the vote, with a reason."),
    Act.BALLOT_REVOKED: _l(
        "Two officials revoked the ballot of somebody who may not vote. Reason: %(code)s."
    ),
    Act.VOTING_CLOSED: _l("Two officials closed the vote."),
    Act.KEYS_DESTROYED: _l("Two officials destroyed the keys and the personal data of the round."),
    Act.ROUND_COUNTED: _l(
        "The ballots were counted and the result was published, as provisional. "
        "It is count number %(version)s."
    ),
    Act.COUNT_CERTIFIED: _l("The result of count number %(version)s was certified."),
    Act.COUNT_ANNULLED: _l("Count number %(version)s was annulled."),
    Act.AUDITOR_KEY_REGISTERED: _l("An auditor registered the key with which counts are signed."),
    Act.COUNT_ATTESTED: _l("An auditor attested count number %(version)s."),
    Act.COUNT_OBJECTED: _l("An auditor objected to count number %(version)s."),
    Act.OBJECTION_ANSWERED: _l(
        "An administrator answered an auditor's objection to count number %(version)s."
    ),
    Act.OBJECTION_WITHDRAWN: _l("An auditor withdrew an objection to count number %(version)s."),
    Act.OBJECTION_UPHELD: _l(
        "An auditor upheld an objection to count number %(version)s: the answer did not convince."
    ),
    Act.COMMITMENT_MADE: _l("The parliament made a commitment."),
    Act.COMMITMENT_JUDGED: _l("It was told how a commitment stands: %(light)s."),
    Act.COMMITMENT_CORRECTED: _l("The words of a commitment were corrected."),
    Act.STANDING_CORRECTED: _l("What was told of a commitment was corrected."),
    Act.FEEDBACK_ANSWERED: _l("It was published what became of something that people said."),
    Act.ANSWER_CORRECTED: _l("What was published about something that people said was corrected."),
    Act.SURVEY_MADE: _l("A survey was prepared."),
    Act.SURVEY_OPENED: _l("A survey was opened."),
    Act.SURVEY_CLOSED: _l("A survey was closed."),
    Act.SURVEY_AWAITS_HEARING: _l("A survey was set to open after its hearing."),
    Act.TRAINING_BEGUN: _l("A training session was begun."),
    Act.TRAINING_ENDED: _l("A training session was ended."),
    Act.EXERCISE_RESET: _l("An exercise of a training session was begun anew."),
    Act.PROPOSAL_ACCEPTED: _l("A proposal was accepted: it comes onto the ballot."),
    Act.PROPOSAL_REJECTED: _l("A proposal was not accepted; its page says why."),
    Act.REVIEW_ASSIGNED: _l("A proposal was given to a reviewer."),
    Act.REVIEW_DECLARED: _l("A reviewer declared any interests of their own in a proposal."),
    Act.APPEAL_DECIDED: _l("The appeal of a proposal's authors was decided."),
    Act.MERGE_ASKED: _l("The authors of proposals were asked whether to merge them."),
    Act.MERGE_WITHDRAWN: _l("The question whether to merge proposals was taken back."),
    Act.PROPOSAL_MERGED: _l("Proposals were merged, as their authors had agreed."),
    Act.COMMENT_KEPT: _l("Moderation kept something that had been reported: it breaks no rule."),
    Act.COMMENT_HIDDEN: _l("Moderation removed a comment. Rule: %(rule)s."),
    Act.COMMENT_RESTORED: _l("Moderation restored what it had removed by mistake. Rule: %(rule)s."),
    Act.COMMENT_REOPENED: _l("Moderation looks again at what it had kept by mistake."),
    Act.APPEAL_UPHELD: _l("On appeal, what moderation had removed is shown again. Rule: %(rule)s."),
    Act.APPEAL_DISMISSED: _l(
        "An appeal was dismissed: what moderation had removed stays removed. Rule: %(rule)s."
    ),
    Act.MODERATION_RULES_CHANGED: _l("The rules for comments were changed."),
    Act.HEARING_PREPARED: _l("A hearing was prepared, as a draft."),
    Act.HEARING_ANNOUNCED: _l("A hearing was announced."),
    Act.HEARING_DISCARDED: _l("The draft of a hearing was deleted."),
    Act.HEARING_CHANGED: _l("What stands on the page of a hearing was changed."),
    Act.HEARING_BEGUN: _l("A hearing was begun."),
    Act.HEARING_ENDED: _l("A hearing was ended."),
    Act.HEARING_CANCELLED: _l("A hearing was cancelled."),
    Act.HEARING_MINUTES_PUBLISHED: _l("The minutes of a hearing were published."),
    Act.HEARING_ORGANISATION_CONFIRMED: _l("An organisation was confirmed for a hearing."),
    Act.HEARING_ORGANISATION_DECLINED: _l("An organisation was declined for a hearing."),
    Act.HEARING_QUESTION_HIDDEN: _l("A question was hidden. Rule: %(rule)s."),
    Act.HEARING_QUESTION_SHOWN: _l("A hidden question was shown again."),
    Act.HEARING_QUESTION_ANSWERED: _l("A question was answered."),
    Act.HEARING_QUESTION_SET_ASIDE: _l("A question was set aside, with a reason."),
    Act.HEARING_POLL_PREPARED: _l("A poll was prepared for a hearing."),
    Act.HEARING_POLL_REMOVED: _l("A poll that was prepared for a hearing was removed."),
    Act.HEARING_POLL_OPENED: _l("A poll was opened in a hearing."),
    Act.HEARING_POLL_CLOSED: _l("A poll was closed in a hearing."),
    Act.HEARING_SIMULATION_STARTED: _l("A simulated audience joined a hearing, for an exercise."),
    Act.HEARING_SIMULATION_STOPPED: _l("The simulated audience of a hearing left."),
}
"""Whole sentences; each %(name)s is one of the entry's public facts, in words."""


def sentence(entry: LoggedAct) -> str:
    """What was done; an act of another version by the name under which it was logged."""
    if not entry.act:
        return str(_("The log begins."))
    if entry.act not in SENTENCES:
        return entry.act
    act = Act(entry.act)
    facts = {fact: in_words(fact, value) for fact, value in entry.subject.items()}
    return str(SENTENCES[act]) % {**dict.fromkeys(LOGGED[act], "–"), **facts}


def things(entry: LoggedAct, found: Found) -> list[tuple[str, Markup]]:
    """What it was about, as far as that has a name which everybody may know: (“Hearing”, title)."""
    named = [(fact, found.get((entry.round_id, fact, value))) for fact, value in _whole(entry)]
    return [(str(NAMES.get(fact, fact)), name) for fact, name in named if name]


def _whole(entry: LoggedAct) -> list[tuple[str, int | str]]:
    return [pair for pair in entry.subject.items() if isinstance(pair[1], (int, str))]
