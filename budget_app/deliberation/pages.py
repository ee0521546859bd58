"""What templates ask about comments, and where each one stands."""

from typing import Any

from babel import Locale
from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from budget_app.accounts.models import Role
from budget_app.addresses import page_number
from budget_app.deliberation import queries, services, translators
from budget_app.deliberation.blueprint import bp
from budget_app.deliberation.forms import CommentForm, ReplyForm
from budget_app.deliberation.models import Comment
from budget_app.deliberation.ordering import Order
from budget_app.deliberation.queries import Discussion
from budget_app.deliberation.rules import NAMES
from budget_app.deliberation.subjects import Subject, subject_of
from budget_app.navigation import page_language


def order_asked() -> Order:
    """The order that the address asks for; the fair one when it asks for none."""
    asked = request.args.get("order", "")
    return Order(asked) if asked in set(Order) else Order.FAIR


def discussion_of(subject: Subject, page: int | None = None) -> Discussion | None:
    """The asked page of a subject's thread; what is not public has none."""
    if not subject.has_thread:
        return None
    return queries.discussion(subject, order_asked(), page or page_number(), g.language)


bp.app_template_global()(discussion_of)
bp.app_template_global()(subject_of)
bp.app_template_global()(queries.number_of_comments)


@bp.app_template_filter()
def language_called(code: str) -> str:
    """The name of a language in the page's language."""
    return Locale(code).get_display_name(page_language()) or code


def official_office() -> str | None:
    """The office under which the present visitor may answer, or None."""
    user = current_user
    if not user.is_authenticated or not services.ANSWERING & user.roles_in(g.parliament):
        return None
    return str(user.office) if g.sign_in.has_second_factor else None


def moderates() -> bool:
    """Whether the present visitor is a moderator here."""
    held = current_user.roles_in(g.parliament) if current_user.is_authenticated else frozenset()
    return bool({Role.MODERATOR, Role.ADMINISTRATOR} & held)


def talk_context() -> dict[str, Any]:
    """What the pieces of a thread need besides its comments."""
    return {
        "rule_names": NAMES,
        "translates": translators.connected() is not None,
        "may_edit": services.may_edit,
        "official_office": official_office,
        "comment_address": address_of,
        "new_comment_form": lambda: CommentForm(formdata=None),
        "new_reply_form": lambda: ReplyForm(formdata=None),
    }


bp.app_template_global("talk")(talk_context)


def address_of(comment: Comment) -> str:
    """The page on which a comment stands, at its place."""
    subject, page = comment.thread.subject, queries.page_of(comment)
    parts = subject.parts
    if page > 1:
        parts["page"] = page
    if comment.parent_id is not None:
        endpoint = "deliberation.show"
        parts["comment_id"] = comment.parent_id
    else:
        endpoint = "deliberation.index" if page > 1 else subject.thread_page
    return url_for(endpoint, _anchor=f"comment-{comment.id}", **parts)


def back_to(comment: Comment) -> ResponseReturnValue:
    """Lead to a comment where it stands."""
    return redirect(address_of(comment))
