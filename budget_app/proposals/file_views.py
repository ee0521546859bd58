"""Pictures and attachments: the page on which they are added, and the files themselves."""

import re
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from budget_app import access
from budget_app.accounts import limits
from budget_app.assets import FOREVER
from budget_app.parliaments.models import Parliament
from budget_app.proposals import files, services
from budget_app.proposals.blueprint import bp
from budget_app.proposals.encoding import LARGE, MIMETYPE, SMALL, encode
from budget_app.proposals.forms import (
    AttachmentForm,
    DescriptionForm,
    PictureForm,
    description_form,
)
from budget_app.proposals.models import Proposal, ProposalAttachment, ProposalPicture
from budget_app.proposals.pages import expect_button, refuse_strangers, show_at_field
from budget_app.rounds.errors import InvalidField
from budget_app.rounds.models import Round

PICTURE_NAME = re.compile(rf"([0-9a-f]{{64}})-({LARGE}|{SMALL})\.webp")
# Opened by itself, a file may load nothing and run nothing.
SANDBOX = "default-src 'none'; sandbox"
FILES_AN_HOUR = 60


@bp.get("/<int:proposal_id>/files")
@access.signed_in
def edit_files(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_strangers(proposal)
    services.refuse_rewriting(proposal)
    return _files_page(round_, proposal)


@bp.post("/<int:proposal_id>/pictures")
@access.signed_in
def add_picture(parliament: Parliament, round_: Round, proposal: Proposal) -> ResponseReturnValue:
    refuse_strangers(proposal)
    form: Any = PictureForm()
    is_described = form.validate_on_submit()
    if not form.picture.errors:
        _count_file()
        try:
            encoded = encode(form.picture.data.read())
            if is_described:
                files.add_picture(proposal, encoded, form.description.data, by=current_user)
        except InvalidField as error:
            show_at_field(form, error)
            is_described = False
    if is_described:
        flash(_("The picture is added."), "success")
        return _back(proposal, "pictures")
    return _files_page(round_, proposal, picture_form=form)


@bp.post("/<int:proposal_id>/pictures/<int:picture_id>")
@access.signed_in
def describe_picture(
    parliament: Parliament, round_: Round, proposal: Proposal, picture: ProposalPicture
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    form: Any = description_form(proposal, picture)
    if not form.validate_on_submit():
        return _files_page(round_, proposal, described=(picture.id, form))
    files.describe_picture(picture, proposal, form.description.data, by=current_user)
    flash(_("Saved."), "success")
    return _back(proposal, "pictures")


@bp.post("/<int:proposal_id>/pictures/<int:picture_id>/first")
@access.signed_in
def put_picture_first(
    parliament: Parliament, round_: Round, proposal: Proposal, picture: ProposalPicture
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    expect_button()
    files.put_first(picture, proposal, by=current_user)
    flash(_("This picture now stands for the proposal in lists."), "success")
    return _back(proposal, "pictures")


@bp.post("/<int:proposal_id>/pictures/<int:picture_id>/remove")
@access.signed_in
def remove_picture(
    parliament: Parliament, round_: Round, proposal: Proposal, picture: ProposalPicture
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    expect_button()
    files.remove_picture(picture, proposal, by=current_user)
    flash(_("The picture is removed."), "success")
    return _back(proposal, "pictures")


@bp.get("/<int:proposal_id>/pictures/<picture_name>")
@access.public
def picture_file(
    parliament: Parliament, round_: Round, proposal: Proposal, picture_name: str
) -> ResponseReturnValue:
    """One width of a picture; its name is that of its content, so it never changes."""
    parts = PICTURE_NAME.fullmatch(picture_name)
    content = files.bytes_of(proposal, parts[1], int(parts[2])) if parts else None
    if content is None:
        abort(404)
    response = Response(content, mimetype=MIMETYPE)
    # What only its authors may see is kept by their own browsers and by no proxy.
    response.headers["Cache-Control"] = (
        FOREVER if proposal.is_public else FOREVER.replace("public", "private")
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


@bp.post("/<int:proposal_id>/attachments")
@access.signed_in
def add_attachment(
    parliament: Parliament, round_: Round, proposal: Proposal
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    form: Any = AttachmentForm()
    if form.validate_on_submit():
        _count_file()
        try:
            file = files.read_attachment(form.file.data.read())
            files.add_attachment(proposal, file, form.title.data, by=current_user)
        except InvalidField as error:
            show_at_field(form, error)
        else:
            flash(_("The file is attached."), "success")
            return _back(proposal, "attachments")
    return _files_page(round_, proposal, attachment_form=form)


@bp.post("/<int:proposal_id>/attachments/<int:attachment_id>/remove")
@access.signed_in
def remove_attachment(
    parliament: Parliament, round_: Round, proposal: Proposal, attachment: ProposalAttachment
) -> ResponseReturnValue:
    refuse_strangers(proposal)
    expect_button()
    files.remove_attachment(attachment, proposal, by=current_user)
    flash(_("The file is removed."), "success")
    return _back(proposal, "attachments")


@bp.get("/<int:proposal_id>/attachments/<int:attachment_id>")
@access.public
def attachment_file(
    parliament: Parliament, round_: Round, proposal: Proposal, attachment: ProposalAttachment
) -> ResponseReturnValue:
    """The file, to be saved: never shown as a page of this site."""
    response = Response(attachment.content, content_type=files.MIMETYPES[attachment.kind])
    name = files.file_name(attachment)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _count_file() -> None:
    """Count a file that is sent, and end the transaction: reading a file must hold no lock."""
    limits.hit("send-file", str(current_user.id), limit=FILES_AN_HOUR, seconds=3600)


def _back(proposal: Proposal, part: str) -> ResponseReturnValue:
    return redirect(url_for("proposals.edit_files", proposal_id=proposal.id, _anchor=part))


def _files_page(
    round_: Round,
    proposal: Proposal,
    *,
    picture_form: PictureForm | None = None,
    attachment_form: AttachmentForm | None = None,
    described: tuple[int, DescriptionForm] | None = None,
) -> ResponseReturnValue:
    """The page, with the form that was refused; beside it each picture's description."""
    forms = {
        picture.id: description_form(proposal, picture, formdata=None)
        for picture in proposal.pictures
    }
    if described is not None:
        forms[described[0]] = described[1]
    page = render_template(
        "proposals/files.html",
        round=round_,
        proposal=proposal,
        picture_form=picture_form or PictureForm(formdata=None),
        attachment_form=attachment_form or AttachmentForm(formdata=None),
        description_forms=forms,
        limits=(files.MOST_PICTURES, files.MOST_ATTACHMENTS),
    )
    return page, 422 if request.method == "POST" else 200
