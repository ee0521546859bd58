"""The one place where a round's rows become the manifest that is previewed, sealed and logged."""

from hashlib import sha256
from importlib.metadata import version

from budget_app.rounds.errors import NotReady
from budget_app.rounds.models import District, PhaseKind, Project, Round, Secrecy
from budget_app.rounds.witnesses import policy_text
from tallying.election import BallotStyle, Limits
from tallying.evidence import standalone
from tallying.evidence.privacy import Terms
from tallying.evidence.seal import Seal
from tallying.rules import RULES, RuleConfig
from tallying.sealing.seal import LAYERS, SUITE
from tallying.utilities import STYLES
from voting.manifest import BallotBox, BallotProject, Manifest, Phase

DISTRIBUTION = "participatory-budgeting"


def build(round_: Round) -> Manifest:
    """The manifest of the round as it stands; raises `NotReady` without dates of the vote."""
    voting = round_.phase(PhaseKind.VOTING)
    if voting is None:
        raise NotReady(["voting_dates_missing"])
    config = rule_config(round_)
    draws = "lots" in config.ties
    return Manifest(
        round=round_.poll_id,
        parliament=round_.parliament.slug,
        title=_offered(round_, round_.titles),
        languages=tuple(round_.parliament.languages),
        currency=round_.parliament.currency,
        minor_digits=round_.parliament.minor_digits,
        opens=voting.starts,
        closes=voting.ends,
        boxes=tuple(_box(round_, district) for district in round_.districts),
        style=BallotStyle(round_.style),
        limits=limits(round_),
        privacy=privacy(round_),
        rule=config,
        lots=tuple(lots_order(round_)) if draws and round_.lots_dice else None,
        lots_record=lots_text(round_) if draws and round_.lots_dice else None,
        attestations_required=round_.attestations_required,
        phases=tuple(
            Phase(phase.kind.value, phase.starts, phase.ends)
            for kind in PhaseKind
            if (phase := round_.phase(kind))
        ),
        texts={
            language: {"summary": text}
            for language, text in _offered(round_, round_.summaries).items()
        },
        min_age=round_.min_age,
        age_on=round_.age_on,
        keep_until=round_.keep_until,
        software=version(DISTRIBUTION),
        single_implementation=not standalone.counts(config),
        seal=seal_of(round_),
        policy=policy_text(round_.witnesses, round_.witnesses_required),
    )


def file_name(round_: Round) -> str:
    """What the sealed manifest is called when it is handed out."""
    return f"{round_.slug}-rules.json"


def seal_of(round_: Round) -> Seal | None:
    """How ballots are sealed; None in an open round, or while its bodies are not named."""
    if round_.secrecy is Secrecy.OPEN or not set(LAYERS) <= set(round_.bodies):
        return None
    return Seal.from_json(
        {
            "layers": [{"layer": layer, **round_.bodies[layer]} for layer in LAYERS],
            "server_trust": round_.secrecy is Secrecy.EXERCISE,
            "size": 0,
            "suite": SUITE,
        }
    )


def rule_config(round_: Round) -> RuleConfig:
    """The rule as the count will read it; raises `tallying.errors.InvalidRule`."""
    return RuleConfig.from_json(round_.rule)


def styles_of(rule: str) -> frozenset[str]:
    """The ballot styles that a rule takes."""
    return frozenset(str(style) for style in RULES[rule].styles)


def utilities_of(rule: str, style: str) -> list[str]:
    """What a result may be worth to a voter under a rule, of what ballots of `style` say."""
    return [str(u) for u in RULES[rule].utilities if BallotStyle(style) in STYLES[u]]


def limits(round_: Round) -> Limits:
    return Limits(**round_.limits)


def privacy(round_: Round) -> Terms:
    """From how many ballots and people on anything is published."""
    return Terms(**round_.privacy)


def lots_order(round_: Round) -> list[str]:
    """Every project's key in the order of the lots: ascending SHA-256 of dice ‖ 0x1f ‖ key.

    Anybody can repeat it from the published dice. A project that joins after the draw finds its
    place by the same dice, so the draw is never repeated.
    """
    keys = [project.key for project in round_.projects]
    dice = round_.lots_dice.encode()
    return sorted(keys, key=lambda key: sha256(dice + b"\x1f" + key.encode()).digest())


def lots_text(round_: Round) -> str:
    """The record of the draw as it is sealed."""
    return (
        f"{round_.lots_record}\n"
        f"Dice: {round_.lots_dice}\n"
        "Order: ascending SHA-256 of the dice's digits, the byte 0x1f, and the project's id."
    )


def _box(round_: Round, district: District) -> BallotBox:
    return BallotBox(
        id=district.slug,
        name=_offered(round_, district.names),
        budget=district.budget,
        projects=tuple(
            _project(project) for project in round_.projects if project.district_id == district.id
        ),
    )


def _project(project: Project) -> BallotProject:
    return BallotProject(
        id=project.key,
        name={language: text for language, text in project.names.items() if text},
        cost=project.cost,
        categories=tuple(project.categories),
        exclusive_group=project.exclusive_group,
    )


def _offered(round_: Round, texts: dict[str, str]) -> dict[str, str]:
    return {code: texts[code] for code in round_.parliament.languages if texts.get(code)}
