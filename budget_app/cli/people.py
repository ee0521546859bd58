"""A start without the demonstration: a parliament, its first administrator, a lost second factor."""

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app

from budget_app.accounts import services as accounts
from budget_app.accounts.models import LinkPurpose, Role, User
from budget_app.cli.databases import with_database
from budget_app.extensions import db
from budget_app.parliaments import queries
from budget_app.parliaments.models import DEFAULT_ACCENT, Parliament
from budget_app.parliaments.services import InvalidParliament
from budget_app.parliaments.services import create_parliament as make_parliament
from voting.database import writing


def _checked_email(_context: click.Context, _argument: click.Parameter, email: str) -> str:
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise click.BadParameter(f"“{email}” is not an e-mail address.") from error
    return email


EMAIL = click.argument("email", callback=_checked_email)


@click.command("create-parliament")
@click.argument("slug")
@click.option(
    "--name",
    "names",
    multiple=True,
    required=True,
    metavar="LANGUAGE=NAME",
    help="Its name in one language, as in --name es='Congreso'; once for each language.",
)
@click.option("--currency", required=True, help="Three letters, as USD.")
@click.option(
    "--timezone", default="UTC", show_default=True, help="Its time zone, as America/Santo_Domingo."
)
@click.option("--accent", default=DEFAULT_ACCENT, show_default=True, help="Its colour, as #0b5d5b.")
@with_database
def create_parliament(
    slug: str, names: tuple[str, ...], currency: str, timezone: str, accent: str
) -> None:
    """Make a parliament whose pages begin at /LANGUAGE/SLUG/."""
    by_language = dict(_language_and_name(text) for text in names)
    with writing():
        try:
            make_parliament(
                slug,
                by_language,
                languages=list(by_language),
                currency=currency.upper(),
                timezone=timezone,
                accent=accent,
            )
        except InvalidParliament as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
    click.echo(f"Made the parliament {slug}. Next: flask pb create-administrator {slug} EMAIL")


@click.command("create-administrator")
@click.argument("slug")
@EMAIL
@click.option("--name", default="", help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    default=(Role.ADMINISTRATOR.value,),
    show_default=True,
    type=click.Choice([role.value for role in Role if role is not Role.CITIZEN]),
    help="What the person may do; may be given more than once.",
)
@with_database
def create_administrator(slug: str, email: str, name: str, roles: tuple[str, ...]) -> None:
    """Give EMAIL an official role in parliament SLUG; prints a one-time link and the second factor."""
    with writing():
        parliament = _parliament(slug)
        user = accounts.ensure_user(email, language=parliament.default_language, name=name)
        for role in roles:
            accounts.grant(user, parliament, Role(role))
        _print_way_in(user, parliament, new_factor=user.totp_secret is None)
        db.session.commit()


@click.command("reset-second-factor")
@click.argument("slug")
@EMAIL
@with_database
def reset_second_factor(slug: str, email: str) -> None:
    """Forget the second factor of EMAIL, end every sign-in, and print a way in with a new one."""
    with writing():
        parliament = _parliament(slug)
        user = accounts.find(email)
        if user is None or not any(m.parliament_id == parliament.id for m in user.memberships):
            raise click.ClickException(f"{email} has no role in {slug}.")
        accounts.reset_second_factor(user)
        _print_way_in(user, parliament, new_factor=True)
        db.session.commit()


def _language_and_name(text: str) -> tuple[str, str]:
    language, separator, name = text.partition("=")
    if not separator:
        raise click.BadParameter(f"“{text}” is not LANGUAGE=NAME.")
    return language.strip().lower(), name.strip()


def _parliament(slug: str) -> Parliament:
    parliament = queries.by_slug(slug)
    if parliament is None:
        known = ", ".join(p.slug for p in queries.all_parliaments()) or "none yet"
        raise click.ClickException(f"There is no parliament “{slug}” (there is: {known}).")
    return parliament


def _print_way_in(user: User, parliament: Parliament, *, new_factor: bool) -> None:
    token = accounts.make_link(user.email, LinkPurpose.SET_UP)
    base = current_app.extensions["settings"].base_url.rstrip("/")
    path = f"/{parliament.default_language}/{parliament.slug}/account/link/{token}"
    click.echo(f"One-time link for {user.email}, good for {accounts.SET_UP_DAYS} days:")
    click.echo(f"  {base}{path}")
    if new_factor:
        user.totp_secret = accounts.new_totp_secret()
        click.echo("Second factor, to type into an authenticator app:")
        click.echo(f"  secret  {user.totp_secret}")
        click.echo(f"  address {accounts.provisioning_uri(user, user.totp_secret)}")


COMMANDS = (create_parliament, create_administrator, reset_second_factor)
