"""How far a project was from being funded."""

from tallying.explanation import Explanation
from tallying.wording.wording import Wording


def margin(explanation: Explanation, wording: Wording, others: int) -> str:
    """How many more votes it needed; empty where nothing is known.

    `others` voted without choosing it: a bound above their number, which may be far from the true
    one, would only mislead.
    """
    values = explanation.values
    if explanation.verdict == "funded" or "more" not in values:
        return ""
    if values["more"] is None:
        return wording.gettext("No number of further votes would have been enough.")
    further = wording.further(values["more"], values["unit"])
    if values["exact"]:
        return wording.gettext("It needed %(further)s.", further=further)
    if values["unit"] == "votes":
        return _at_most(values["more"], others, wording)
    return wording.gettext(
        "With %(further)s it would surely have been funded, perhaps with fewer.", further=further
    )


def _at_most(more: int, others: int, wording: Wording) -> str:
    if more > others:
        return ""
    return wording.ngettext(
        "If %(shown)s more person had voted for it alone, it would surely have been funded.",
        "If %(shown)s more people had voted for it alone, it would surely have been funded; perhaps fewer would have been enough.",
        more,
    )
