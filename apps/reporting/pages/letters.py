"""模板下载, 上传承诺函: the signed document of the own filing (S2-20 to S2-22, S3-08)."""

import io
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.jobs.files import attachment
from apps.reporting.domain.letters.acts import upload_letter
from apps.reporting.domain.letters.state import Letter, letter_of
from apps.reporting.files.letters import filename_of, write_letter
from apps.reporting.pages.answering import INSTITUTION, remember
from apps.reporting.pages.demand_page import DemandPage
from apps.reporting.pages.letter_form import LetterForm
from apps.review.domain.attachments.page_codes import held_against
from apps.review.domain.refusals import ReviewRefused


@fills
@requires(Permission.QUERY, roles=INSTITUTION)
def letter_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """GET shows what is there, POST uploads. A refused file changes nothing; the sentence stands by the control."""
    desk, letter = _own(request, code)
    remember(request, code)
    form = LetterForm(request.POST, request.FILES) if request.method == "POST" else LetterForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = upload_letter(
                filing=desk.filing,
                project=desk.project,
                files=form.chosen,
                by=request.actor,
            )
        except ReviewRefused as refusal:
            form.add_error("document", str(refusal))
        else:
            read, _tone = held_against(kept.page_codes, kept.data_hash).status
            said = f"{letter.title}已上传，共 {kept.pages} 页，{read}。请核对右侧预览。"
            messages.success(request, said)
            return redirect(request.path)
    return _page(request, desk, letter, form)


def _page(
    request: SignedInRequest, desk: DemandPage, letter: Letter, form: LetterForm
) -> HttpResponse:
    shown = {
        "desk": desk,
        "project": desk.project,
        "letter": letter,
        "form": form,
        "may_change": desk.is_editable and request.user.has(Permission.MAINTAIN),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "reporting/letter_edit.html", shown, status=status)


@fills
@requires(Permission.QUERY, roles=INSTITUTION)
def letter_template(request: SignedInRequest, code: str) -> HttpResponseBase:
    """模板下载: the document with the numbers as they are now."""
    desk, _letter = _own(request, code)
    file = io.BytesIO()
    write_letter(file, project=desk.project, filing=desk.filing)
    file.seek(0)
    return attachment(file, filename_of(desk.project, desk.filing))


def _own(request: SignedInRequest, code: str) -> tuple[DemandPage, Letter]:
    """Raises `Http404` where the project asks for no document."""
    desk = DemandPage.of(request.actor, code)
    letter = letter_of(desk.project, desk.filing)
    if letter is None:
        raise Http404
    return desk, letter
