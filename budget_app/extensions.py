"""The extensions, created here and bound to an application in `create_app`."""

from typing import cast

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_mailman import Mail
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from voting.database import Sessions
from voting.models import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
mail = Mail()
bootstrap = Bootstrap5()


def new_sessions() -> Sessions:
    """Sessions of their own, for the parts of the ballot box that commit by themselves."""
    return cast("Sessions", db.session.session_factory)
