"""Forms of the account pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Email, EqualTo, Length, Regexp

from budget_app.accounts.names import name_field

LEAST_PASSWORD = 12


class LinkForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        validators=[
            DataRequired(_l("Enter your e-mail address.")),
            Length(max=254),
            Email(_l("Enter an e-mail address like name@example.org.")),
        ],
        render_kw={"autocomplete": "email"},
    )


class PasswordSignInForm(LinkForm):
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )


class CodeForm(FlaskForm):
    code = StringField(
        _l("Six-digit code"),
        filters=[lambda value: value.replace(" ", "") if value else value],
        validators=[
            DataRequired(_l("Enter the six digits that your app shows.")),
            Regexp(r"^\d{6}$", message=_l("The code has six digits.")),
        ],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PasswordForm(FlaskForm):
    present = PasswordField(
        _l("Your present password"),
        validators=[DataRequired(_l("Enter your present password.")), Length(max=200)],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters. Three or four words are easy to remember."),
        validators=[
            DataRequired(_l("Enter a new password.")),
            Length(min=LEAST_PASSWORD, max=200, message=_l("Use at least 12 characters.")),
        ],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same password again"),
        validators=[EqualTo("password", _l("The two passwords are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class ProfileForm(FlaskForm):
    name = name_field()
    language = SelectField(
        _l("Language"),
        choices=[
            SelectChoice("en", "English"),
            SelectChoice("es", "Español"),
            SelectChoice("fr", "Français"),
            SelectChoice("pt", "Português"),
        ],
    )


class EmptyForm(FlaskForm):
    """A button: nothing but the token that proves where it was pressed."""
