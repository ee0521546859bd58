"""The rounds of the example, from their content to the sealed manifest."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from budget_app.accounts.models import Role, User
from budget_app.demonstration import people, reviews
from budget_app.demonstration.audience import gather, outline_districts
from budget_app.demonstration.content import RoundContent, Table
from budget_app.demonstration.drafts import enrich
from budget_app.demonstration.electorate import Choice, Electorate, invent
from budget_app.extensions import db
from budget_app.parliaments.models import Parliament
from budget_app.proposals import services as proposals
from budget_app.proposals.costs import CostLine
from budget_app.proposals.models import Proposal
from budget_app.proposals.services import ProposalText
from budget_app.records.models import Act
from budget_app.records.services import record
from budget_app.reviews import checklists
from budget_app.rounds import districts, manifests, rules, secrecy, services
from budget_app.rounds.models import PhaseKind, Project, Round
from budget_app.rounds.projects import ProjectFacts, add_project, change_project
from voting import clock, roll
from voting.roll_file import Line

DICE = "3162546143256142351463522416351264353146"
WHERE = "Forty throws of one die in the plenary hall, by pupils of three schools, before the press."


def announce(
    content: RoundContent, parliament: Parliament, now: datetime, *, office: User
) -> Round:
    """An announced round: texts, dates, districts, ballot, rule and conditions."""
    phases = content.phases(parliament, now)
    with clock.replay(phases[PhaseKind.PROPOSING][0] - timedelta(days=2)):
        round_ = services.create_round(
            parliament,
            content.table["title"],
            by=office,
            slug=content.slug,
            summaries=content.table["summary"],
        )
        services.set_phases(round_, phases, by=office)
        _set_districts(round_, content, office)
        outline_districts(round_, content)
        rules.set_style(round_, content.table["style"], by=office)
        rules.set_limits(round_, content.limits, by=office)
        rules.choose_rule(round_, content.table["rule"]["rule"], by=office)
        rules.set_rule(round_, {**round_.rule, **content.table["rule"]}, by=office)
        secrecy.choose_exercise(round_, by=office)
        services.set_conditions(
            round_,
            attestations_required=content.table["attestations_required"],
            min_age=content.table["min_age"],
            age_on=phases[PhaseKind.VOTING][0].date(),
            by=office,
        )
        for texts in content.table.get("criteria", ()):
            checklists.add_criterion(round_, texts, by=office)
        services.announce(round_, by=office)
    return round_


def seal(
    content: RoundContent,
    round_: Round,
    *,
    office: User,
    voters: int,
    cast: int,
    besides: Callable[[int], list[Line]],
) -> None:
    """Projects, lots and roll, then the seal.

    `besides` gives the people on the roll after the invented voters, numbered from its argument.
    """
    publication = round_.phase(PhaseKind.PUBLICATION)
    with clock.replay(publication.starts if publication else round_.created_at):
        for entry in content.projects:
            add_project(round_, _facts(round_, entry), by=office)
        rules.draw_lots(round_, DICE, WHERE, by=office)
        lines = electorate(content, round_, voters=voters, cast=cast).lines
        _enter(round_, lines + besides(len(lines) + 1), office)
        services.seal(round_, by=office)


def electorate(content: RoundContent, round_: Round, *, voters: int, cast: int) -> Electorate:
    """The invented voters of a round; the same at every call."""
    appeals = [entry["appeal"] for entry in content.projects]
    choices = [
        Choice(project.key, project.district.slug, appeal, tuple(project.categories))
        for project, appeal in zip(_in_order(round_), appeals, strict=True)
    ]
    elections = manifests.build(round_).elections
    return invent(content.slug, content.districts, choices, elections, voters=voters, cast=cast)


def collect_proposals(content: RoundContent, round_: Round, now: datetime) -> None:
    """What citizens have submitted, and what the reviewer has decided so far."""
    for entry in content.proposals:
        with clock.replay(now + timedelta(days=entry["day"])):
            author = people.person(entry["author"])
            proposal = proposals.start(
                round_, proposal_text(round_, entry), author=author, language=entry["language"]
            )
            enrich(proposal, entry)
            proposals.submit(proposal)
            gather(proposal, entry)
        if "later" in entry:
            with clock.replay(now + timedelta(days=entry["day"] + 0.5)):
                text = proposal_text(round_, {**entry, **entry["later"]})
                proposals.change(proposal, text, by=author)
        if "withdrawn" in entry:
            with clock.replay(now + timedelta(days=entry["day"] + 0.8)):
                proposals.withdraw(proposal, entry["withdrawn"])
        _review(proposal, entry, round_, now)


def _review(proposal: Proposal, entry: Table, round_: Round, now: datetime) -> None:
    """What became of one proposal, so far."""
    with clock.replay(now + timedelta(days=entry["day"] + 0.9)):
        reviews.review(proposal, entry, _unit(round_))
        if "explanation" in entry:
            _translate(_in_order(round_)[-1], entry, people.with_role(Role.REVIEWER)[0])
        if "merged_into" in entry:
            reviews.merge(proposal, _titled(round_, entry["merged_into"]), entry["why_merged"])
        if "asked_to_merge" in entry:
            asked = entry["asked_to_merge"]
            reviews.ask_to_merge(proposal, _titled(round_, asked["into"]), asked)
    if "appeal" in entry:
        with clock.replay(now + timedelta(days=entry["day"] + 4)):
            reviews.appeal(proposal, entry)


def _titled(round_: Round, title: str) -> Proposal:
    found = select(Proposal).where(Proposal.round_id == round_.id, Proposal.title == title)
    return db.session.scalars(found).one()


def _in_order(round_: Round) -> list[Project]:
    db.session.refresh(round_, ["projects"])
    return sorted(round_.projects, key=lambda project: project.id)


def _set_districts(round_: Round, content: RoundContent, office: User) -> None:
    for entry in content.districts:
        budget = entry["budget"] * _unit(round_)
        present = round_.district(entry["slug"])
        if present is None:
            districts.add_district(round_, entry["slug"], entry["names"], budget, by=office)
        else:
            districts.change_district(present, entry["names"], budget, by=office)
    wanted = {entry["slug"] for entry in content.districts}
    for district in [d for d in round_.districts if d.slug not in wanted]:
        districts.remove_district(district, in_use=False, by=office)


def _facts(round_: Round, entry: Table) -> ProjectFacts:
    district = round_.district(entry["district"])
    if district is None:
        message = f"The example has no district {entry['district']}."
        raise LookupError(message)
    return ProjectFacts(
        district=district,
        names=entry["name"],
        cost=entry["cost"] * _unit(round_),
        summaries=entry["summary"],
        categories=entry["categories"],
    )


def proposal_text(round_: Round, entry: Table) -> ProposalText:
    """What `entry` proposes; raises `LookupError` for a district that the round has not."""
    district = round_.district(entry["district"])
    if district is None:
        message = f"The example has no district {entry['district']}."
        raise LookupError(message)
    return ProposalText(
        district=district,
        title=entry["title"],
        summary=entry["summary"],
        description=entry["description"],
        categories=entry["categories"],
        estimate=entry["estimate"] * _unit(round_),
        goals=entry.get("goals", []),
        lines=[
            CostLine(line["what"], line.get("quantity"), line["amount"] * _unit(round_))
            for line in entry.get("lines", [])
        ],
        place=entry.get("place", ""),
        latitude=entry.get("latitude"),
        longitude=entry.get("longitude"),
    )


def _translate(project: Project, entry: Table, reviewer: User) -> None:
    facts = ProjectFacts(
        district=project.district,
        names=entry["names"],
        cost=project.cost,
        summaries=entry["summaries"],
        categories=list(project.categories),
    )
    change_project(project, facts, by=reviewer)


def _enter(round_: Round, lines: list[Line], office: User) -> None:
    keys = current_app.extensions["keys"]
    report = roll.enter(db.session(), keys, round_.poll_id, lines)
    record(Act.ROLL_IMPORTED, actor=office, round_=round_, added=report.added)


def citizens(content: RoundContent, first: int) -> list[Line]:
    """The people of the example, on the rolls that have their districts."""
    known = {entry["slug"] for entry in content.districts}
    return [
        Line(number, citizen["identity_number"], citizen["district"], citizen["date_of_birth"])
        for number, citizen in enumerate(people.citizens(), start=first)
        if citizen["district"] in known
    ]


def _unit(round_: Round) -> int:
    """The parliament's minor units in one major unit."""
    return int(10**round_.parliament.minor_digits)
