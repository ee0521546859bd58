"""The extensions, created here and bound to an application in `create_app`."""

from typing import Any, cast

from flask import current_app
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import sessionmaker

from budget_app.settings import Settings
from voting.database import Sessions, open_engine
from voting.models import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
mail = Mail()
bootstrap = Bootstrap5()


def sequencer_sessions() -> Sessions:
    """Sessions of the account that may write the public logs."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.sequencer_database_url:
        return new_sessions()
    found: Sessions | None = current_app.extensions.get("sequencer")
    if found is None:
        engine = open_engine(settings.sequencer_database_url, pool_size=2)
        found = sessionmaker(engine, expire_on_commit=False)
        current_app.extensions["sequencer"] = found
    return found


def new_sessions() -> Sessions:
    """Sessions of their own, for the parts of the ballot box that commit by themselves."""
    return cast("Sessions", db.session.session_factory)


def insert_into(table: type[Base]) -> Any:
    """`INSERT` of the store in use, which knows `ON CONFLICT`: for rows that two bring at once."""
    on_sqlite = db.session().get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)
