"""增补品规: the form with a look at whom it concerns, then the act; for the alliance."""

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.jobs.services import enqueue
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import Correction, Project, ProjectKind
from apps.projects.models.correction import paper_name
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.rounds.adding import Preview, add_item, preview_of
from apps.review.pages.act_preview import ActPreview, Figure
from apps.review.pages.corrections.adding_form import AdditionForm
from apps.review.pages.desks import turn_rail
from apps.review.tasks import ADD_ITEM

AT_ONCE = 300
"""Filings that a page moves itself; for more it is a job."""
CONFLICT = 409
REFUSED = (ReviewRefused, ProjectRefused)


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def correction_add(request: SignedInRequest, code: str) -> HttpResponse:
    """The first button shows whom it concerns, the second does it."""
    published = Project.objects.filter(published_at__isnull=False)
    project = get_object_or_404(published.exclude(kind=ProjectKind.ALLOCATION), code=code)
    turn_rail(request, project.kind)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AdditionForm(*data, project=project)
    preview, status = None, 200
    if data and form.is_valid():
        try:
            preview = preview_of(project, form.wanted(paper=None))
            if "apply" in request.POST and not preview.problems and not form.lacks_file():
                return _applied(request, project, form, preview)
        except REFUSED as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT if "apply" in request.POST else 200
    shown = {
        "project": project,
        "form": form,
        "preview": preview,
        "shown": preview and in_words(preview),
    }
    return render(request, "review/correction_add.html", shown, status=status)


def in_words(preview: Preview) -> ActPreview:
    found = preview.concerned
    touched = found.touched
    return ActPreview(
        figures=[
            Figure("涉及机构", len(touched.institutions), "家"),
            Figure("已上报、将退回", len(touched.reported), "份", "warning"),
            Figure("将退回的上级提交", len(touched.packages), "份", "warning"),
            Figure("填报中、多一行", len(touched.at_work), "家"),
            Figure("其中延长时间", len(found.prolonged), "家"),
            Figure("没有上报或已移出", found.settled, "家"),
        ],
        tables=[],
        problems=[f"{problem}。" for problem in preview.problems],
    )


def _applied(
    request: SignedInRequest, project: Project, form: AdditionForm, preview: Preview
) -> HttpResponse:
    """At once, or as a job where it touches much. Raises one of `REFUSED`."""
    back = reverse("review:correction_list", args=[project.code])
    checked = form.cleaned_data["file"]
    stored = default_storage.save(paper_name(Correction(), checked.name), checked.file)
    wanted = form.wanted(paper=Paper(stored, checked.name))
    touched = preview.concerned.touched
    if len(touched.institutions) + len(touched.packages) > AT_ONCE:
        title = f"增补“{project.name}”品规"
        told = {"project_id": project.pk, "wanted": wanted.packed}
        return redirect(enqueue(ADD_ITEM, by=request.actor, title=title, back_url=back, **told))
    made = add_item(project=project, wanted=wanted, by=request.actor)
    messages.success(request, made.done_words)
    return redirect(back)
