"""The words for steps, gaps and acts: one whole sentence for each code."""

from collections.abc import Callable

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from budget_app.administration.blueprint import bp
from budget_app.navigation import ENDONYMS
from budget_app.records.models import Act, Record
from budget_app.rounds.models import PhaseKind
from budget_app.rounds.steps import Gap, Step
from voting.errors import VotingError
from voting.roll_file import RollError

STEPS = {
    Step.TEXTS: _l("Name and summary"),
    Step.PHASES: _l("Dates"),
    Step.DISTRICTS: _l("Districts and budgets"),
    Step.BALLOT: _l("Ballot"),
    Step.RULE: _l("Counting rule"),
    Step.CONDITIONS: _l("Conditions"),
    Step.CHECKLIST: _l("Checklist of the reviews"),
    Step.WITNESSES: _l("Witnesses"),
    Step.ANNOUNCE: _l("Announce"),
    Step.PROJECTS: _l("Projects"),
    Step.LOTS: _l("Draw of lots"),
    Step.ROLL: _l("Roll of voters"),
    Step.KEYS: _l("Secrecy and keys"),
    Step.SEAL: _l("Seal the rules"),
    Step.VOTING: _l("Open and close"),
    Step.COUNT: _l("Count"),
}

PHASES = {
    PhaseKind.PROPOSING: _l("Proposals are collected"),
    PhaseKind.REVIEW: _l("Proposals are reviewed"),
    PhaseKind.PUBLICATION: _l("Projects and costs are published"),
    PhaseKind.VOTING: _l("Voting"),
    PhaseKind.COUNTING: _l("Counting"),
    PhaseKind.AUDIT: _l("Audit"),
    PhaseKind.DELIVERY: _l("Delivery of the funded projects"),
}

STEP_NOT_REACHED = _l("The steps before this one are not finished yet.")

Sentence = Callable[[str], str]


def _language(code: str) -> str:
    return ENDONYMS.get(code, code)


def _phase(code: str) -> str:
    return str(PHASES[PhaseKind(code)])


_GAPS: dict[str, Sentence] = {
    "title_missing": lambda s: _(
        "The name is missing in this language: %(name)s.", name=_language(s)
    ),
    "summary_missing": lambda s: _(
        "The summary is missing in this language: %(name)s.", name=_language(s)
    ),
    "voting_dates_missing": lambda _s: _("The dates of the vote are missing."),
    "voting_already_over": lambda _s: _("The vote would end in the past."),
    "opens_not_before_closes": lambda _s: _("The vote ends before it begins."),
    "phase_out_of_order": lambda s: _(
        "This phase begins before the one above it has ended: %(name)s.", name=_phase(s)
    ),
    "phase_ends_before_it_starts": lambda s: _(
        "This phase ends before it begins: %(name)s.", name=_phase(s)
    ),
    "no_districts": lambda _s: _("The round needs at least one district with a budget."),
    "no_boxes": lambda _s: _("The round needs at least one district with a budget."),
    "budget_missing": lambda s: _("The budget is missing for the district “%(name)s”.", name=s),
    "limit_missing": lambda _s: _("The ballot lacks the limit that its style needs."),
    "rule_missing": lambda _s: _("No counting rule is chosen."),
    "rule_invalid": lambda _s: _("The counting rule has a parameter that it does not know."),
    "rule_does_not_take_style": lambda _s: _(
        "The counting rule cannot count ballots of the chosen style."
    ),
    "utility_does_not_take_style": lambda _s: _(
        "Ballots of the chosen style do not say what a result is worth as the counting rule asks."
    ),
    "ties_end_without_lots_or_seed": lambda _s: _(
        "The tie order does not end in lots or in a seed."
    ),
    "age_without_date": lambda _s: _("The day on which the age must be reached is missing."),
    "quorum_missing": lambda _s: _("It is not said how many witnesses must sign."),
    "too_few_witnesses": lambda _s: _("More witnesses must sign than there are."),
    "policy_invalid": lambda _s: _("The list of witnesses cannot be read."),
    "privacy_too_low": lambda _s: _(
        "More would be published of the ballots than any round may publish."
    ),
    "destroyed_before_counted": lambda _s: _(
        "The day until which everything is kept must come after the end of the vote."
    ),
    "not_announced": lambda _s: _("The round is not announced."),
    "box_without_projects": lambda s: _(
        "There is no project on the ballot of the district “%(name)s”.", name=s
    ),
    "project_without_name": lambda s: _("The project “%(name)s” has no name.", name=s),
    "lots_not_drawn": lambda _s: _("The lots are not drawn."),
    "bodies_missing": lambda _s: _("The bodies that hold the keys are not named."),
    "seal_keys_equal": lambda _s: _("Both bodies have the same key: each needs its own."),
    "seal_signers_equal": lambda _s: _("A machine that signs is named twice."),
    "seal_without_body": lambda _s: _("A body that holds a key has no name."),
    "seal_key_unusable": lambda _s: _("The key of a body cannot be used."),
    "seal_without_signers": lambda _s: _("Each body needs two machines that sign."),
    "roll_empty": lambda _s: _("Nobody stands on the roll of voters."),
    "roll_names_no_box": lambda s: _(
        "The roll names the district “%(name)s”, which the round does not have.", name=s
    ),
}


def gap_sentence(gap: Gap) -> str:
    """What is missing, for an administrator."""
    sentence = _GAPS.get(gap.code)
    if sentence is None:
        return str(_("The rules cannot be sealed yet (%(code)s).", code=str(gap)))
    return str(sentence(gap.subject))


_LAYER_REFUSALS: dict[str, LazyString] = {
    "already_taken": _l("This layer is taken already: nothing is left to do with these files."),
    "both_opened": _l("Both layers are opened already."),
    "report_unreadable": _l("The report is not one that “tallying peel” writes."),
    "report_of_another_layer": _l("The report is of another round or layer."),
    "other_key": _l("The layer was opened with another key than the one in the sealed rules."),
    "note_not_signed": _l("The note is not signed by the machines of this body."),
    "note_of_another_report": _l("The note signs another report."),
    "one_signature": _l("The note lacks a signature: both machines must sign."),
    "other_input": _l("The layer was opened from another file than the one handed out here."),
    "stage_unreadable": _l("The file of what the layer gave cannot be read, or was cut short."),
    "other_output": _l("The file of what the layer gave is not the one that the report names."),
    "test_failed": _l(
        "Other test ballots came out than were sealed: one of the two keys is not the right one."
    ),
}


def layer_refusal(error: VotingError) -> str:
    """Why what a body brought is not taken."""
    return str(_LAYER_REFUSALS.get(getattr(error, "reason", ""), error))


RECORDS = {
    Act.PARLIAMENT_CREATED: _l("Parliament created"),
    Act.PAGE_CHANGED: _l("Page of the parliament changed"),
    Act.COMMITMENT_MADE: _l("Commitment made"),
    Act.COMMITMENT_JUDGED: _l("Standing of a commitment told"),
    Act.COMMITMENT_CORRECTED: _l("Commitment corrected"),
    Act.STANDING_CORRECTED: _l("Standing of a commitment corrected"),
    Act.ANSWER_CORRECTED: _l("Answer to what people said corrected"),
    Act.FEEDBACK_ANSWERED: _l("Answer to what people said published"),
    Act.SURVEY_MADE: _l("Survey begun"),
    Act.SURVEY_OPENED: _l("Survey opened"),
    Act.SURVEY_CLOSED: _l("Survey closed"),
    Act.SURVEY_AWAITS_HEARING: _l("Survey set to open after its hearing"),
    Act.TRAINING_BEGUN: _l("Training session begun"),
    Act.TRAINING_ENDED: _l("Training session ended"),
    Act.EXERCISE_RESET: _l("Exercise reset"),
    Act.MEMBER_ADDED: _l("Role given"),
    Act.MEMBER_REMOVED: _l("Role taken back"),
    Act.SIGNED_IN: _l("Signed in"),
    Act.SIGNED_OUT: _l("Signed out"),
    Act.PASSWORD_SET: _l("Password set"),
    Act.SECOND_FACTOR_SET: _l("Second factor set up"),
    Act.SECOND_FACTOR_RESET: _l("Second factor reset"),
    Act.ROUND_CREATED: _l("Round created"),
    Act.ROUND_DELETED: _l("Draft of a round deleted"),
    Act.ROUND_CHANGED: _l("Set-up changed"),
    Act.ROUND_ANNOUNCED: _l("Round announced"),
    Act.ROUND_AMENDED: _l("Sealed rules amended"),
    Act.VOTING_EXTENDED: _l("Voting extended"),
    Act.PROJECT_WITHDRAWN: _l("Project withdrawn"),
    Act.BALLOT_REVOKED: _l("Ballot revoked"),
    Act.KEYS_DESTROYED: _l("Keys and personal data destroyed"),
    Act.LOTS_DRAWN: _l("Lots drawn"),
    Act.PROJECT_ADDED: _l("Project added"),
    Act.PROJECT_CHANGED: _l("Project changed"),
    Act.PROJECT_REMOVED: _l("Project removed"),
    Act.ROLL_IMPORTED: _l("Roll of voters imported"),
    Act.ROLL_EMPTIED: _l("Roll of voters emptied"),
    Act.ROUND_SEALED: _l("Rules sealed"),
    Act.ACT_REQUESTED: _l("Second official asked"),
    Act.ACT_APPROVED: _l("Approved by the second official"),
    Act.ACT_WITHDRAWN: _l("Request withdrawn"),
    Act.ACT_FAILED: _l("Act not carried out"),
    Act.LAYER_OPENED: _l("Layer of a body taken"),
    Act.VOTING_OPENED: _l("Vote opened"),
    Act.VOTING_CLOSED: _l("Vote closed"),
    Act.ROUND_COUNTED: _l("Count published"),
    Act.PROPOSAL_SUBMITTED: _l("Proposal submitted"),
    Act.PROPOSAL_WITHDRAWN: _l("Proposal withdrawn"),
    Act.COAUTHOR_JOINED: _l("Co-author joined a proposal"),
    Act.COAUTHOR_LEFT: _l("Co-author left a proposal"),
    Act.PROPOSAL_ACCEPTED: _l("Proposal accepted"),
    Act.PROPOSAL_REJECTED: _l("Proposal rejected"),
    Act.REVIEW_ASSIGNED: _l("Review assigned"),
    Act.REVIEW_DECLARED: _l("Interests of a reviewer declared"),
    Act.APPEAL_MADE: _l("Appeal made"),
    Act.APPEAL_DECIDED: _l("Appeal decided"),
    Act.MERGE_ASKED: _l("Authors asked about a merge"),
    Act.MERGE_AGREED: _l("Author agreed to a merge"),
    Act.MERGE_DECLINED: _l("Author declined a merge"),
    Act.MERGE_OBJECTED: _l("Co-author objected to a merge"),
    Act.MERGE_WITHDRAWN: _l("Request to merge withdrawn"),
    Act.PROPOSAL_MERGED: _l("Proposals merged"),
    Act.COMMENT_KEPT: _l("Reported comment kept"),
    Act.COMMENT_HIDDEN: _l("Comment removed by moderation"),
    Act.COMMENT_RESTORED: _l("Comment restored: removed by mistake"),
    Act.COMMENT_REOPENED: _l("Reports of a comment reopened: kept by mistake"),
    Act.APPEAL_UPHELD: _l("Removed comment restored on appeal"),
    Act.APPEAL_DISMISSED: _l("Appeal against a removal dismissed"),
    Act.MODERATION_RULES_CHANGED: _l("Moderation rules changed"),
    Act.AUDITOR_KEY_REGISTERED: _l("Auditor's key registered"),
    Act.COUNT_ATTESTED: _l("Count attested"),
    Act.COUNT_OBJECTED: _l("Objection made"),
    Act.OBJECTION_ANSWERED: _l("Objection answered"),
    Act.OBJECTION_WITHDRAWN: _l("Objection withdrawn"),
    Act.OBJECTION_UPHELD: _l("Objection upheld"),
    Act.COUNT_CERTIFIED: _l("Result certified"),
    Act.COUNT_ANNULLED: _l("Count annulled"),
    Act.HEARING_PREPARED: _l("Hearing prepared"),
    Act.HEARING_ANNOUNCED: _l("Hearing published"),
    Act.HEARING_DISCARDED: _l("Draft of a hearing deleted"),
    Act.HEARING_CHANGED: _l("Hearing changed"),
    Act.HEARING_BEGUN: _l("Hearing begun"),
    Act.HEARING_ENDED: _l("Hearing ended"),
    Act.HEARING_CANCELLED: _l("Hearing cancelled"),
    Act.HEARING_MINUTES_PUBLISHED: _l("Minutes of a hearing published"),
    Act.HEARING_ORGANISATION_CONFIRMED: _l("Organisation confirmed for a hearing"),
    Act.HEARING_ORGANISATION_DECLINED: _l("Organisation declined for a hearing"),
    Act.HEARING_QUESTION_HIDDEN: _l("Question hidden"),
    Act.HEARING_QUESTION_SHOWN: _l("Question shown again"),
    Act.HEARING_QUESTION_ANSWERED: _l("Question answered"),
    Act.HEARING_QUESTION_SET_ASIDE: _l("Question set aside"),
    Act.HEARING_POLL_PREPARED: _l("Poll of a hearing prepared"),
    Act.HEARING_POLL_REMOVED: _l("Prepared poll of a hearing removed"),
    Act.HEARING_POLL_OPENED: _l("Poll of a hearing opened"),
    Act.HEARING_SIMULATION_STARTED: _l("Simulation of a hearing started"),
    Act.HEARING_SIMULATION_STOPPED: _l("Simulation of a hearing stopped"),
    Act.HEARING_POLL_CLOSED: _l("Poll of a hearing closed"),
    Act.STREAM_HOSTS_CHANGED: _l("Hosts of streams changed"),
}

_OF_QUESTIONS = {
    Act.APPEAL_UPHELD: _l("Hidden question shown again on appeal"),
    Act.APPEAL_DISMISSED: _l("Appeal against hiding a question dismissed"),
}
"""What moderation's acts are called where they are about a question of a hearing."""


def record_words(record: Record) -> LazyString:
    """What was done, in a few words."""
    of_question = _OF_QUESTIONS.get(record.act) if "question" in record.subject else None
    return of_question or RECORDS[record.act]


_ROLL_ERRORS: dict[str, LazyString] = {
    "not_utf8": _l("The file is not encoded in UTF-8."),
    "spreadsheet": _l("This is a spreadsheet: open it in your program and save it as “CSV UTF-8”."),
    "malformed": _l("This line cannot be read as CSV."),
    "column_missing": _l("This column is missing."),
    "column_unknown": _l("This column is not expected."),
    "column_twice": _l("This column stands there twice."),
    "field_count": _l("The line has more or fewer fields than the heading."),
    "nobody": _l("Nobody stands below the heading."),
    "identity_missing": _l("The identity number is missing."),
    "duplicate": _l("This person stands in the file twice."),
    "unknown_district": _l("The round has no such district."),
    "bad_date": _l("This is not a date of birth written as YYYY-MM-DD."),
    "bad_email": _l("This is not an e-mail address."),
    "on_roll_otherwise": _l(
        "This person stands on the roll with another district, date of birth or e-mail address."
    ),
}


def roll_error(error: RollError) -> str:
    """What is wrong in one field of a roll, without repeating what it says."""
    return str(_ROLL_ERRORS.get(error.code, error.message))


bp.add_app_template_filter(roll_error)
