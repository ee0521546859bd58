"""What an audit refuses, each in one sentence for the person who meets it."""

from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class AuditError(RoundError):
    """The root of what an audit refuses."""


class InvalidKey(AuditError):
    """Text that is no verifier key."""

    sentence = _l(
        "This is not a verifier key. “tallying keygen” prints it: one line that reads NAME+HASH+KEY."
    )


class PrivateKeyShown(AuditError):
    """The secret half was given; it must be replaced."""

    sentence = _l(
        "This is the private half of a key: it was not kept, but it has left your device. Make a new key, and give the verifier key only."
    )


class KeyOfAnother(AuditError):
    """Two auditors cannot sign with one key, nor an auditor with a log's."""

    sentence = _l(
        "This key is in use already, by another auditor or by a public log of this parliament."
    )


class NoKey(AuditError):
    """An attestation before a key is registered."""

    sentence = _l("Register your verifier key first, so that your signature can be checked.")


class NotANote(AuditError):
    """Text that is no signed note."""

    sentence = _l(
        "This is not a signed note: it has the statement, a blank line, and a line that begins with a dash."
    )


class WrongKey(AuditError):
    """A note signed with another key."""

    sentence = _l("This note is not signed with the key that you have registered here.")


class AlteredNote(AuditError):
    """A signature that does not fit its text."""

    sentence = _l("The note was altered after it was signed: its signature does not fit.")


class OtherStatement(AuditError):
    """A good signature below a statement about something else."""

    sentence = _l(
        "This note is about another count: its log, input or outcome is not that of the result shown here."
    )


class AlreadyAttested(AuditError):
    """A second attestation of one auditor for one count."""

    sentence = _l("You have attested this count already.")


class OwnObjectionOpen(AuditError):
    """Attesting while objecting."""

    sentence = _l("Your own objection to this count is still open: withdraw it before you attest.")


class NothingToAudit(AuditError):
    """No published count stands: there is none yet, or it was annulled."""

    sentence = _l(
        "There is no published count of this round that could be attested or objected to."
    )


class NoReasons(AuditError):
    """An objection without reasons, or an empty answer."""

    sentence = _l("Please write it down: it becomes part of the public record.")


class ObjectionOpen(AuditError):
    """A second objection of one auditor while the first is open."""

    sentence = _l("You have an open objection to this count already.")


class NotWaiting(AuditError):
    """The objection was answered, withdrawn or upheld meanwhile."""

    sentence = _l("This objection is not at the point where this can be done.")


class NotYourObjection(AuditError):
    """Only the auditor who objected withdraws or upholds."""

    sentence = _l("Only the auditor who made this objection can withdraw or uphold it.")


class OwnAnswer(AuditError):
    """Nobody answers an objection of their own."""

    sentence = _l("Another official must answer this objection: never the one who made it.")


class CanariesRefused(AuditError):
    """No canary can join the roll: the round is not sealed, or voting is over."""

    sentence = _l(
        "Canaries join the roll of a round with sealed ballots, once its rules are sealed and until voting closes."
    )


class CanaryNotCast(AuditError):
    """No test voter of that number, no envelope of this round, or no open vote."""

    sentence = _l(
        "Nothing was cast: the number is not that of a test voter, or the envelope is not one of this round, or voting is not open."
    )


class NoCanaryFile(AuditError):
    """A file that the command did not write."""

    sentence = _l("This is not the file that “tallying canary” wrote for this.")


class CanariesOfAnotherRound(AuditError):
    """A file about another round."""

    sentence = _l("This file was made for another round.")


class CommitmentsRefused(AuditError):
    """Too late, handed in before, or no commitments."""

    sentence = _l(
        "These commitments cannot be taken: a layer is open already, or some of them were handed in before."
    )


class OpeningsRefused(AuditError):
    """Too early, of somebody else, or opened before."""

    sentence = _l(
        "These canaries cannot be opened: a layer is still closed, or they are not those that you committed to, or they were opened before."
    )
