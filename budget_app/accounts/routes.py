"""Sign-in, second factor, sign-out, and the account's own page."""

from io import BytesIO

import segno
from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access, moment
from budget_app.accounts import limits, services, sessions
from budget_app.accounts.forms import (
    CodeForm,
    EmptyForm,
    LinkForm,
    PasswordForm,
    PasswordSignInForm,
    ProfileForm,
)
from budget_app.accounts.models import LinkPurpose, User
from budget_app.accounts.names import keep_name
from budget_app.mailing.outbox import post
from budget_app.parliaments.models import Parliament
from budget_app.proposals.queries import drafts_of
from budget_app.proposals.services import is_proposing
from budget_app.redirects import inner_address
from budget_app.rounds.queries import public_rounds
from budget_app.settings import Settings

bp = Blueprint("accounts", __name__, url_prefix="/<language>/<parliament>/account")

PENDING_SECRET = "pending_totp"  # noqa: S105 — the name of a place in the session


@bp.get("/sign-in")
@access.public
def sign_in(parliament: Parliament) -> ResponseReturnValue:
    return _sign_in_page(LinkForm(formdata=None), PasswordSignInForm(formdata=None))


@bp.post("/sign-in/link")
@access.public
def ask_for_link(parliament: Parliament) -> ResponseReturnValue:
    form = LinkForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, PasswordSignInForm(formdata=None), 422)
    email = services.normal_email(form.email.data or "")
    limits.hit("link", email, limits.source(), limit=5, seconds=900)
    limits.hit("links", limits.source(), limit=100, seconds=900)
    token = services.make_link(email, LinkPurpose.SIGN_IN)
    address = url_for("accounts.follow_link", token=token, next=_next_address(), _external=True)
    post(
        email,
        _("Your sign-in link"),
        render_template("emails/sign_in_link.txt", address=address, minutes=services.LINK_MINUTES),
    )
    return render_template("accounts/link_sent.html", email=email, minutes=services.LINK_MINUTES)


@bp.get("/link/<token>")
@access.public
def follow_link(parliament: Parliament, token: str) -> ResponseReturnValue:
    """A page with one button: programs that look into mails must not use the link up."""
    if not services.is_usable(token):
        return _link_expired()
    return render_template(
        "accounts/follow_link.html", form=EmptyForm(), token=token, next=_next_address()
    )


@bp.post("/link/<token>")
@access.public
def use_link(parliament: Parliament, token: str) -> ResponseReturnValue:
    if not EmptyForm().validate_on_submit():
        abort(400)
    limits.hit("use-link", limits.source(), limit=60, seconds=900)
    try:
        user = services.use_link(token, g.language)
    except services.LinkExpired:
        return _link_expired()
    return _welcome(user, by_link=True)


@bp.post("/sign-in/password")
@access.public
def sign_in_with_password(parliament: Parliament) -> ResponseReturnValue:
    form = PasswordSignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(LinkForm(formdata=None), form, 422)
    email, password = services.normal_email(form.email.data or ""), form.password.data or ""
    limits.hit("password", email, limits.source(), limit=10, seconds=900)
    limits.hit("passwords", limits.source(), limit=200, seconds=900)
    try:
        user = services.check_password(email, password)
    except services.NotSignedIn:
        form.password.errors = [
            _(
                "The e-mail address and the password do not belong together. You can ask for a link instead."
            )
        ]
        return _sign_in_page(LinkForm(formdata=None), form, 422)
    return _welcome(user)


@bp.get("/second-factor")
@access.signed_in
def second_factor(parliament: Parliament) -> ResponseReturnValue:
    return _second_factor_page(CodeForm(formdata=None))


@bp.post("/second-factor")
@access.signed_in
def check_second_factor(parliament: Parliament) -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate_on_submit():
        return _second_factor_page(form, 422)
    limits.hit("code", str(current_user.id), limits.source(), limit=10, seconds=900)
    user: User = current_user
    try:
        if user.totp_secret:
            services.accept_code(user, user.totp_secret, form.code.data or "")
        else:
            services.set_second_factor(user, session.get(PENDING_SECRET, ""), form.code.data or "")
    except services.WrongCode:
        form.code.errors = [_("This code is wrong or was used before. Wait for the next one.")]
        return _second_factor_page(form, 422)
    target = _next_address() or _home(user)
    sessions.begin(user, second_factor=True, by_link=sessions.is_by_link())
    return redirect(target)


@bp.post("/sign-out")
@access.public
def sign_out(parliament: Parliament) -> ResponseReturnValue:
    """End the sign-in and clear what a shared device keeps of this site."""
    if not EmptyForm().validate_on_submit():
        abort(400)
    sessions.end()
    response = redirect(url_for("accounts.signed_out"))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.get("/signed-out")
@access.public
def signed_out(parliament: Parliament) -> ResponseReturnValue:
    return render_template("accounts/signed_out.html")


@bp.get("/")
@access.signed_in
def profile(parliament: Parliament) -> ResponseReturnValue:
    return _profile_page(ProfileForm(formdata=None, obj=current_user))


@bp.post("/profile")
@access.signed_in
def save_profile(parliament: Parliament) -> ResponseReturnValue:
    form = ProfileForm()
    if not form.validate_on_submit():
        return _profile_page(form, status=422)
    keep_name(current_user, form, "name")
    current_user.language = form.language.data
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.profile", language=current_user.language))


@bp.post("/password")
@access.signed_in
def save_password(parliament: Parliament) -> ResponseReturnValue:
    """Set a password; where one is set, it is asked for, unless the sign-in is a fresh one by link."""
    form, user = _password_form(PasswordForm()), current_user
    profile_form = ProfileForm(formdata=None, obj=user)
    if not form.validate_on_submit():
        return _profile_page(profile_form, form, 422)
    if form.present and not _knows_password(user, form.present.data or ""):
        form.present.errors = [_("This is not your present password. Enter your present password.")]
        return _profile_page(profile_form, form, 422)
    had_second_factor = g.sign_in.has_second_factor
    services.set_password(user, form.password.data or "")
    sessions.end_all(user)
    sessions.begin(user, second_factor=had_second_factor)
    flash(_("Your password is set. Other devices have been signed out."), "success")
    return redirect(url_for("accounts.profile"))


def _link_expired() -> ResponseReturnValue:
    """Used, too old and unknown links get one answer."""
    return render_template("accounts/link_expired.html", next=_next_address()), 410


def _sign_in_page(
    link_form: LinkForm, password_form: PasswordSignInForm, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "accounts/sign_in.html",
        link_form=link_form,
        password_form=password_form,
        next=_next_address(),
        signed_in=current_user.is_authenticated and sessions.is_fresh(moment.now()),
    )
    return page, status


def _second_factor_page(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    """Ask for a code; whoever has no second factor yet is shown a secret to set one up."""
    user: User = current_user
    secret = picture = None
    if not user.totp_secret:
        secret = session.setdefault(PENDING_SECRET, services.new_totp_secret())
        buffer = BytesIO()
        segno.make(services.provisioning_uri(user, secret), error="m").save(
            buffer, kind="svg", scale=5, border=2, xmldecl=False, svgclass=None, lineclass=None
        )
        picture = buffer.getvalue().decode()
    page = render_template(
        "accounts/second_factor.html",
        form=form,
        secret=secret,
        picture=picture,
        next=_next_address(),
    )
    return page, status


def _password_form(form: PasswordForm) -> PasswordForm:
    """The form without its first field where the present password need not be known."""
    proven = sessions.is_by_link() and sessions.is_fresh(moment.now())
    if proven or not current_user.password_hash:
        del form.present
    return form


def _knows_password(user: User, password: str) -> bool:
    limits.hit("present-password", str(user.id), limit=10, seconds=900)
    try:
        services.check_password(user.email, password)
    except services.NotSignedIn:
        return False
    return True


def _profile_page(
    profile_form: ProfileForm, password_form: PasswordForm | None = None, status: int = 200
) -> ResponseReturnValue:
    settings: Settings = current_app.extensions["settings"]
    page = render_template(
        "accounts/profile.html",
        profile_form=profile_form,
        password_form=password_form or _password_form(PasswordForm(formdata=None)),
        fresh_minutes=settings.fresh_minutes,
        drafts=drafts_of(filter(is_proposing, public_rounds(g.parliament)), current_user),
    )
    return page, status


def _welcome(user: User, *, by_link: bool = False) -> ResponseReturnValue:
    """Begin the session; officials go on to their second factor."""
    target = _next_address()
    sessions.begin(user, by_link=by_link)
    if user.is_official():
        return redirect(url_for("accounts.second_factor", next=target))
    return redirect(target or _home(user))


def _home(user: User) -> str:
    if user.is_official():
        return url_for("administration.desk")
    return url_for("parliaments.home")


def _next_address() -> str | None:
    return inner_address(request.values.get("next"))
