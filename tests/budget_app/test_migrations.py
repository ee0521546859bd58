"""The schema's migrations, in both directions on both databases."""

from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from budget_app.accounts import services as accounts
from budget_app.deliberation.models import Comment, CommentVote, Stance, Thread
from budget_app.extensions import db
from budget_app.parliaments.services import create_parliament
from budget_app.proposals.models import Proposal
from budget_app.rounds.models import District, Round
from budget_app.rounds.services import create_round
from voting import clock
from voting.database import writing

FIRST = "9aaf997fe8a1"
"""The first tables."""

BEFORE_ROUNDS_HAD_COMMENTS = "6f1b8e30c7d9"


def test_the_models_need_no_other_schema_than_the_migrations_make(app: Flask) -> None:
    with app.app_context():
        check()


def test_every_migration_can_be_taken_back_and_made_again(app: Flask) -> None:
    with app.app_context(), writing():
        downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade()
        assert "log_entry" in inspect(db.engine).get_table_names()
        check()


def test_what_hangs_on_a_table_survives_its_change(app: Flask) -> None:
    """On SQLite a changed table is made anew, and nothing may fall with the old one."""
    with app.app_context(), writing():
        parliament = create_parliament(
            "example", {"en": "Example"}, languages=["en"], currency="EUR"
        )
        create_round(parliament, {"en": "Schools"}, by=None)
        db.session.commit()
        db.session.remove()
        downgrade(revision=FIRST)
        upgrade()
        assert len(db.session.scalars(db.select(Round)).all()) == 1
        assert len(db.session.scalars(db.select(District)).all()) == 1
        db.session.remove()


def test_comments_on_proposals_survive_where_only_those_have_a_place(app: Flask) -> None:
    """On the way back comments on rounds go, and nothing of theirs is left behind."""
    with app.app_context(), writing():
        parliament = create_parliament(
            "example", {"en": "Example"}, languages=["en"], currency="EUR"
        )
        round_ = create_round(parliament, {"en": "Schools"}, by=None)
        author = accounts.ensure_user("ana@example.org")
        now = clock.now(db.session())
        proposal = Proposal(
            round_=round_,
            district=round_.districts[0],
            author=author,
            language="en",
            title="A roof",
            created_at=now,
        )
        for text, about in (("Below.", {"proposal": proposal}), ("Of all.", {"round_": round_})):
            thread = Thread(parliament=parliament, **about)
            comment = Comment(
                thread=thread,
                author=author,
                stance=Stance.FOR,
                language="en",
                text=text,
                once=text,
                created_at=now,
            )
            db.session.add(comment)
            db.session.flush()
            db.session.add(CommentVote(comment_id=comment.id, user_id=author.id, useful=True))
        db.session.commit()
        db.session.remove()
        downgrade(revision=BEFORE_ROUNDS_HAD_COMMENTS)
        upgrade()
        assert db.session.scalars(db.select(Comment.text)).all() == ["Below."]
        assert len(db.session.scalars(db.select(CommentVote)).all()) == 1
        assert db.session.scalars(db.select(Thread)).one().subject.title == "A roof"
        db.session.remove()
