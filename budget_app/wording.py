"""The words that pages use for states, phases and roles, and the picture of a category."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# By the name of the enumeration and the stored value.
WORDS: dict[tuple[str, str], LazyString] = {
    ("PhaseKind", "proposing"): _l("Proposals"),
    ("PhaseKind", "review"): _l("Review"),
    ("PhaseKind", "publication"): _l("Costs published"),
    ("PhaseKind", "voting"): _l("Voting"),
    ("PhaseKind", "counting"): _l("Counting"),
    ("PhaseKind", "audit"): _l("Audit"),
    ("PhaseKind", "delivery"): _l("Delivery"),
    ("StageState", "done"): _l("Done"),
    ("StageState", "now"): _l("Now"),
    ("StageState", "next"): _l("To come"),
    ("RoundState", "draft"): _l("Draft"),
    ("RoundState", "announced"): _l("Announced"),
    ("RoundState", "sealed"): _l("Rules sealed"),
    ("RoundState", "open"): _l("Voting is open"),
    ("RoundState", "closed"): _l("Voting has closed"),
    ("RoundState", "counted"): _l("Counted, provisional"),
    ("RoundState", "certified"): _l("Certified"),
    ("ProposalState", "draft"): _l("Draft"),
    ("ProposalState", "submitted"): _l("In review"),
    ("ProposalState", "accepted"): _l("Accepted"),
    ("ProposalState", "rejected"): _l("Not accepted"),
    ("ProposalState", "withdrawn"): _l("Withdrawn"),
    ("Role", "administrator"): _l("Administrator"),
    ("Role", "reviewer"): _l("Reviewer"),
    ("Role", "auditor"): _l("Auditor"),
    ("Role", "moderator"): _l("Moderator"),
    ("Role", "parliamentarian"): _l("Parliamentarian"),
    ("Role", "citizen"): _l("Citizen"),
    ("HearingState", "planned"): _l("Planned"),
    ("HearingState", "live"): _l("Live now"),
    ("HearingState", "ended"): _l("Ended"),
    ("HearingState", "published"): _l("Ended, with minutes"),
    ("HearingState", "cancelled"): _l("Cancelled"),
    ("ParticipationState", "asked"): _l("Waits for the office"),
    ("ParticipationState", "confirmed"): _l("Confirmed"),
    ("ParticipationState", "declined"): _l("Declined"),
    ("QuestionState", "waiting"): _l("In the queue"),
    ("QuestionState", "shortlisted"): _l("On the shortlist"),
    ("QuestionState", "current"): _l("Being answered"),
    ("QuestionState", "answered"): _l("Answered"),
    ("QuestionState", "aside"): _l("Set aside"),
    ("HiddenFor", "offensive"): _l("It insults or threatens somebody."),
    ("HiddenFor", "personal-data"): _l("It tells personal data of somebody."),
    ("HiddenFor", "off-topic"): _l("It has nothing to do with this hearing."),
    ("HiddenFor", "repeated"): _l("The same question was asked before."),
    ("HiddenFor", "advertising"): _l("It advertises something."),
    ("TrackKind", "captions"): _l("Captions"),
    ("TrackKind", "interpretation"): _l("Interpretation"),
    ("HearingPollState", "prepared"): _l("Not opened yet"),
    ("HearingPollState", "open"): _l("Takes answers"),
    ("HearingPollState", "closed"): _l("Closed"),
    ("CountState", "provisional"): _l("Provisional"),
    ("CountState", "certified"): _l("Certified"),
    ("CountState", "annulled"): _l("Annulled"),
    ("ObjectionState", "open"): _l("Open"),
    ("ObjectionState", "answered"): _l("Answered"),
    ("ObjectionState", "withdrawn"): _l("Withdrawn"),
    ("ObjectionState", "upheld"): _l("Upheld"),
    ("ActKind", "open"): _l("Open the voting"),
    ("ActKind", "amend"): _l("Amend the sealed rules"),
    ("ActKind", "extend"): _l("Extend the voting"),
    ("ActKind", "withdraw"): _l("Withdraw a project"),
    ("ActKind", "revoke"): _l("Revoke a ballot"),
    ("ActKind", "close"): _l("Close the voting"),
    ("ActKind", "count"): _l("Count the ballots"),
    ("ActKind", "destroy"): _l("Destroy keys and personal data"),
    ("ActState", "requested"): _l("Waits for a second official"),
    ("ActState", "approved"): _l("Approved, under way"),
    ("ActState", "done"): _l("Done"),
    ("ActState", "failed"): _l("Failed"),
    ("ActState", "withdrawn"): _l("Request taken back or refused"),
}

# Categories are a parliament's own words; a part of the word finds the icon.
ICONS_OF_CATEGORIES = (
    ("book", ("educa", "school", "escola", "escuela", "école", "librar", "biblio", "learn")),
    ("bus-front", ("transport", "transit", "road", "mobil", "street", "traffic")),
    ("bicycle", ("cycl", "bicic", "vélo", "bike", "pedestrian")),
    ("heart-pulse", ("health", "salud", "saúde", "santé")),
    ("trophy", ("sport", "deport", "esport", "play")),
    ("palette", ("cultur", "art", "music", "heritage", "patrimo")),
    ("tree", ("green", "park", "environment", "ambient", "nature", "environnement", "verde")),
    ("droplet", ("water", "agua", "água", "eau", "sanita")),
    ("house", ("hous", "vivienda", "moradia", "logement", "welfare", "social")),
    ("sun", ("energy", "energ", "énerg", "climat")),
    ("wifi", ("digital", "internet", "tecnolog", "technolog", "numérique")),
    ("recycle", ("waste", "recycl", "recicl", "residu", "déchet")),
    ("people", ("communit", "comuni", "commun", "inclusi", "youth", "juven", "jeun")),
    ("building", ("public space", "espacio", "espaço", "espace", "urban", "building")),
)


def category_icon(category: str | None) -> str:
    """The icon drawn in place of a picture for a project of `category`."""
    folded = (category or "").casefold()
    for icon, parts in ICONS_OF_CATEGORIES:
        if any(part in folded for part in parts):
            return icon
    return "lightbulb"
