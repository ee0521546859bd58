"""What deliberation refuses, each in one sentence for the person who meets it."""

from flask_babel import lazy_gettext as _l

from budget_app.rounds.errors import RoundError


class CommentsClosed(RoundError):
    """Writing or voting outside the time for comments, or on what was withdrawn or cancelled."""

    sentence = _l("Comments are closed here; they can still be read.")


class NotThere(RoundError):
    """The comment was hidden or removed meanwhile."""

    sentence = _l("This comment was removed meanwhile.")


class ReplyToReply(RoundError):
    """A reply below a reply."""

    sentence = _l("Replies are written to comments, not to other replies.")


class EditingOver(RoundError):
    """Editing after the minutes for it."""

    sentence = _l("A comment can be changed for ten minutes after it was written.")


class OwnVote(RoundError):
    """Somebody finds their own comment useful."""

    sentence = _l("Others say whether your comment is useful.")


class OwnReport(RoundError):
    """Somebody reports their own comment."""

    sentence = _l("This is your own comment: you can delete it.")


class ReportDecided(RoundError):
    """A second report by the same person, after a moderator decided about the first."""

    sentence = _l("You reported this comment before, and a moderator has decided about it.")


class OwnModeration(RoundError):
    """An official decides on their own words."""

    sentence = _l("Somebody else must decide about your own words.")


class SameOfficial(RoundError):
    """An appeal decided by whoever hid the words."""

    sentence = _l("Another official must decide this appeal: never the one who removed the words.")


class NothingReported(RoundError):
    """A decision without an open report."""

    sentence = _l("No report of this comment waits any more: somebody decided it before you.")


class NoAppeal(RoundError):
    """A second appeal, or one against what was kept or is back already."""

    sentence = _l("An appeal can be made once, against a removal that still stands.")


class AppealDecided(RoundError):
    """A second decision of an appeal."""

    sentence = _l("This appeal is decided already.")


class NothingToReopen(RoundError):
    """Taking back that a comment was kept, when its words are gone."""

    sentence = _l("This decision cannot be taken back: the comment is no longer there.")


class NothingToRestore(RoundError):
    """Taking back what is no removal any more, or what an appeal decided."""

    sentence = _l("This removal cannot be taken back: it does not stand, or an appeal decided it.")
