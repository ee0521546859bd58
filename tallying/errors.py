"""What goes wrong in a count, each error one clear sentence for the person who meets it."""

from collections.abc import Sequence


class TallyingError(Exception):
    """The parent of every error of this package; `exit_code` is what a command then returns."""

    exit_code = 2


class InvalidElection(TallyingError):
    """Projects, budget or limits that make no election."""


class InvalidBallot(TallyingError):
    """Choices that cannot be counted in the election they were given for."""


class InvalidRule(TallyingError):
    """A rule, parameter, utility, completion or tie order that does not exist or does not fit."""


class WrongBallots(InvalidRule):
    """A rule that cannot count ballots of this style."""

    def __init__(self, rule: str, style: str) -> None:
        self.rule, self.style = rule, style
        super().__init__(f"The rule {rule} cannot count {style} ballots.")


class FloorsNotKept(InvalidRule):
    """A rule that cannot promise what categories are to get at least."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"The rule {rule} cannot promise the floors of categories.")


class InvalidEngine(TallyingError):
    """An engine that does not exist, is not installed, or cannot be reached."""


class NoSelection(TallyingError):
    """No selection of supported projects keeps to every limit of the election."""


class NotProved(TallyingError):
    """No selection could be proved to be the best; `why` completes the sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(f"No selection could be proved to be the best one: {why}.")


class InvalidFile(TallyingError):
    """A file that cannot be read as what it claims to be.

    `line` counts from 1, and is None when the error is of no single line; `field` names the
    column or key.
    """

    def __init__(self, file: str, line: int | None, field: str, message: str) -> None:
        self.file, self.line, self.field, self.message = file, line, field, message
        place = file if line is None else f"{file}, line {line}"
        super().__init__(f"{place}: {field}: {message}" if field else f"{place}: {message}")


class InvalidBundle(TallyingError):
    """A bundle of evidence that cannot be read."""


class BallotTooLong(InvalidBallot):
    """A plain ballot that is longer than the padded size of its round."""


class InvalidLayerKey(TallyingError):
    """A key of a layer, or shares of one, that cannot be read or do not belong together."""


class Undecryptable(TallyingError):
    """Bytes that do not open with this key for this round, box and layer."""


class InvalidStage(InvalidFile):
    """A stage of a sealed round that breaks its format."""


class UnresolvedTie(TallyingError):
    """The tie order leaves open who comes first, and it matters: nothing is published.

    `projects` are the ids between which the tie stands; `step` is the number of the decision,
    counted from 1.
    """

    exit_code = 3

    def __init__(self, projects: Sequence[str], step: int) -> None:
        self.projects, self.step = tuple(projects), step
        names = ", ".join(self.projects)
        super().__init__(
            f"The tie order leaves open which of these projects comes first at step {step}: {names}."
        )
