"""Finding among 2,000 proposals: the first page and the search, on each database.

    python -m benchmarks.browsing [--proposals N] [--requests N]

Requests go to the application itself, without a network, on one thread, so the times are the
server's own work. The page is measured as it is sent, packed by gzip as a proxy does.
"""

import argparse
import gzip
import hashlib
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select

from budget_app import create_app
from budget_app.browsing import booklet
from budget_app.browsing.models import Support
from budget_app.extensions import db
from budget_app.proposals.models import Proposal, ProposalPicture, ProposalState
from budget_app.rounds.models import Project
from budget_app.settings import Settings
from tests.budget_app.rounds.office import ROUND, Office, found_office
from tests.postgres import Cluster, NoPostgres
from tests.stores import create_schema
from voting import clock

LIST = ROUND + "proposals/"
SUBJECTS = [
    "roof",
    "bench",
    "tree",
    "library",
    "clinic",
    "school",
    "market",
    "bridge",
    "lamp",
    "pump",
    "court",
    "garden",
]
PLACES = [f"{kind} {number}" for kind in ("street", "village", "quarter") for number in range(40)]
SENTENCE = "People asked for it in three meetings, and the neighbours will look after it. "
WAYS = {
    "first page, random order": "",
    "most supported first": "?order=supported",
    "filtered by category and cost": "?category=education&most=500",
    "search": "?text={subject}+{place}",
    "similar proposals, while writing": "similar?text=A+{subject}+for+the+{place}",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--proposals", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=60)
    args = parser.parse_args(arguments)
    print(f"{args.proposals:,} proposals; {args.requests} requests of each kind\n")
    print(
        "| database | what | median | 95 % within | processor time, median | page, packed |",
        "|---|---|---:|---:|---:|---:|",
        sep="\n",
    )
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        try:
            with database() as (url, folder):
                _measure(name, url, folder, args.proposals, args.requests)
        except NoPostgres as reason:
            print(f"| {name} | not measured: {reason} | | | | |")
    return 0


def _measure(name: str, url: str, folder: Path, proposals: int, requests: int) -> None:
    create_schema(url)
    app = _application(url, folder)
    office = found_office(app)
    office.announce()
    _fill(office, proposals)
    client = app.test_client()
    client.get(LIST)  # compiles the templates
    for what, query in WAYS.items():
        times, work, size = _timed(client, query, requests)
        within = statistics.quantiles(times, n=20)[-1]
        print(
            f"| {name} | {what} | {1000 * statistics.median(times):.0f} ms | {1000 * within:.0f} ms "
            f"| {1000 * statistics.median(work):.0f} ms | {size / 1000:.1f} kB |",
            flush=True,
        )
    if name == "SQLite":
        _booklet(office, folder, min(200, proposals), pictured=True)
        _booklet(office, folder, proposals)
    with app.app_context():
        db.engine.dispose()


def _timed(client: FlaskClient, query: str, requests: int) -> tuple[list[float], list[float], int]:
    """Seconds of each request, those of this process's processor, and bytes of the last page."""
    times, work, size = [], [], 0
    for number in range(requests):
        subject, place = SUBJECTS[number % 12], PLACES[number % 120].split()[0]
        address = LIST + query.format(subject=subject, place=place)
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get(address)
        times.append(time.perf_counter() - began)
        work.append(time.process_time() - worked)
        if answer.status_code != 200:
            message = f"{address}: {answer.status}"
            raise RuntimeError(message)
        size = len(gzip.compress(answer.data, compresslevel=6))
    return times, work, size


def _booklet(office: Office, folder: Path, projects: int, *, pictured: bool = False) -> None:
    """How long a process of its own prints so many projects."""
    with office.work():
        round_ = office.round_()
        db.session.execute(delete(Project))
        proposals = db.session.scalars(select(Proposal.id).order_by(Proposal.id)).all()
        db.session.add_all(
            Project(
                round_id=round_.id,
                district=round_.districts[0],
                proposal_id=proposals[number] if pictured else None,
                key=f"p{number:04}",
                names={"en": f"A {SUBJECTS[number % 12]} for {PLACES[number % 120]}"},
                summaries={"en": SENTENCE * 2},
                cost=100_00 + number,
                categories=["education"],
            )
            for number in range(projects)
        )
        if pictured:
            db.session.add_all(_photograph(number) for number in proposals[:projects])
        db.session.flush()
        db.session.refresh(round_)
        booklet.ask(round_, "en")
        db.session.flush()
        asked = booklet.current(round_, "en")
        assert asked is not None
        page = folder / "booklet.html"
        booklet.write(asked, page)
    files = (str(page), str(folder / "booklet.pdf"))
    command = [sys.executable, "-m", "budget_app.browsing.press", *files]
    began, worked = time.perf_counter(), _work_of_children()
    subprocess.run(command, check=True)
    seconds, work = time.perf_counter() - began, _work_of_children() - worked
    size = (folder / "booklet.pdf").stat().st_size
    what = f"{projects:,} projects{' with a picture each' if pictured else ''}"
    print(
        f"| – | booklet of {what}, in the background | {seconds:.0f} s | – | {work:.0f} s | {size / 1000:,.0f} kB |",
        flush=True,
    )


def _photograph(proposal_id: int) -> ProposalPicture:
    """As hard to pack as what a phone takes: large shapes, and grain over all."""
    shapes = Image.effect_noise((24, 16), 120).resize((640, 427), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((640, 427), 40)
    small = BytesIO()
    Image.blend(shapes, grain, 0.3).convert("RGB").save(small, "WEBP", quality=80)
    content = small.getvalue()
    return ProposalPicture(
        proposal_id=proposal_id,
        position=1,
        description="People in the place that the proposal is about",
        digest=hashlib.sha256(content).hexdigest(),
        width=640,
        height=427,
        large=content,
        small=content,
    )


def _work_of_children() -> float:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


def _fill(office: Office, number: int) -> None:
    chance = random.Random(7)
    with office.work():
        round_, now = office.round_(), clock.now(db.session())
        people = [office.person(name) for name in ("ada", "ben", "rosa", "aude")]
        made = [
            Proposal(
                round_=round_,
                district=round_.districts[0],
                author=people[0],
                state=ProposalState.SUBMITTED,
                language="en",
                title=f"A {chance.choice(SUBJECTS)} and a {chance.choice(SUBJECTS)} for {chance.choice(PLACES)}",
                summary=SENTENCE,
                description=SENTENCE * chance.randint(5, 30),
                categories=[chance.choice(["education", "health", "sport"])],
                goals=[chance.randint(1, 17)],
                estimate=chance.randint(10, 1000) * 100,
                created_at=now,
                submitted_at=now,
            )
            for _ in range(number)
        ]
        db.session.add_all(made)
        db.session.flush()
        db.session.add_all(
            Support(proposal_id=proposal.id, user_id=person.id, created_at=now)
            for proposal in made
            for person in chance.sample(people, chance.randint(0, 4))
        )


def _application(url: str, folder: Path) -> Flask:
    return create_app(
        Settings(
            instance_path=folder,
            database_url=url,
            secret_key="a secret of the benchmark, long enough",
            mail_backend="locmem",
            embedded_worker=False,
            log_level="ERROR",
        )
    )


@contextmanager
def _sqlite() -> Iterator[tuple[str, Path]]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'platform.db'}", Path(folder)


@contextmanager
def _postgresql() -> Iterator[tuple[str, Path]]:
    cluster = Cluster.make()
    cluster.start({})
    try:
        with TemporaryDirectory() as folder:
            yield cluster.url("postgres"), Path(folder)
    finally:
        cluster.remove()


if __name__ == "__main__":
    raise SystemExit(main())
