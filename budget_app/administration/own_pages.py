"""Writing the pages on which the parliament speaks of itself."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SubmitField

from budget_app import access, meanwhile
from budget_app.accounts.models import User
from budget_app.administration.blueprint import bp
from budget_app.administration.pages import BOTH, by_field
from budget_app.navigation import ENDONYMS
from budget_app.parliaments import queries, services
from budget_app.parliaments.models import PageKind, Parliament
from budget_app.records.models import Act
from budget_app.records.queries import last_to
from budget_app.rounds.fields import by_language, text_field

LONGEST = 20_000


def page_form(parliament: Parliament) -> type[FlaskForm]:
    """The page's words in each language of the parliament; none is needed."""
    fields: dict[str, Any] = {
        f"text_{code}": text_field(
            _l("Text (%(language)s)", language=ENDONYMS[code]),
            longest=LONGEST,
            required=False,
            lines=True,
        )
        for code in parliament.languages
    }
    fields |= {"preview": SubmitField(_l("Preview")), "save": SubmitField(_l("Save the page"))}
    return type("PageForm", (FlaskForm,), fields)


@bp.get("/pages")
@access.administrator
def own_pages(parliament: Parliament) -> ResponseReturnValue:
    return render_template("administration/own_pages.html", kinds=list(PageKind))


@bp.route("/pages/<any(about, rules, help, contact):page_kind>", methods=BOTH)
@access.administrator
def own_page(parliament: Parliament, page_kind: str) -> ResponseReturnValue:
    kind = PageKind(page_kind)

    def present() -> dict[str, str]:
        found = queries.row_of(parliament, kind)
        return by_field(text=found.texts if found else {})

    def last() -> User | None:
        return last_to(Act.PAGE_CHANGED, parliament, page=kind.value)

    # The parliament's row is held: the first version of a page has none.
    form: Any = meanwhile.form(page_form(parliament), parliament, present, last=last)
    good = form.validate_on_submit()
    texts = by_language(form, "text", parliament.languages)
    if good and not form.preview.data:
        services.keep_page(parliament, kind, texts, by=current_user)
        _say_saved(texts)
        return redirect(url_for("administration.own_pages"))
    page = render_template(
        "administration/own_page.html", kind=kind, form=form, shown=texts if good else {}
    )
    return page, 422 if form.errors else 200


def _say_saved(texts: dict[str, str]) -> None:
    if texts:
        flash(_("Saved."), "success")
    else:
        flash(_("The page has no words and is not shown any more."), "warning")
