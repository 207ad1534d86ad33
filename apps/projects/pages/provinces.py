"""A province's own settings: its review chain while the project is in 筹备, narrower windows also later."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.acts import ClosesAtOnce
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.province_page import ProvincePage
from apps.projects.pages.windows_form import is_known


@requires(Permission.MAINTAIN, roles=(Role.PROVINCE,))
def province_edit(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    page = ProvincePage(project, request.actor, request.POST or None)
    asked = ""
    if request.method == "POST" and page.is_valid():
        try:
            page.save(closes_knowingly=is_known(request))
        except ClosesAtOnce as refusal:
            asked = str(refusal)
        except ProjectRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "报量和审核方式已保存。")
            return redirect("projects:province_edit", code=code)
    shown = {"project": project, "page": page, "asked": asked}
    return render(request, "projects/province_edit.html", shown)
