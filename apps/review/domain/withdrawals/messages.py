"""What the review chain writes into the inboxes of both sides of a withdrawal request."""

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.domain.locks import Ancestor
from apps.review.models import RequestState, WithdrawalRequest


def tell_reviewer_of_request(
    project: Project, request: WithdrawalRequest, reviewer: Ancestor, *, by: Actor
) -> None:
    name = request.filing.organization.name
    letter = Letter(
        path=reviewer.path,
        title=f"{name}申请撤回",
        body=f"{name}申请撤回“{project.name}”的申报，原因：{request.reason}",
        url=reverse("review:withdrawal_list", args=[project.code]),
        project_id=project.pk,
    )
    send_letters([letter], kind=MessageKind.WITHDRAWAL, by=by)


def tell_filer_of_answer(project: Project, request: WithdrawalRequest, *, by: Actor) -> None:
    granted = request.outcome == RequestState.GRANTED
    body = "可以修改后重新上报。" if granted else f"驳回原因：{request.answer}"
    page = "projects:project_detail" if granted else "review:withdrawal_ask"
    letter = Letter(
        path=request.filing.path,
        title=f"撤回申请{request.outcome.label}",
        body=f"“{project.name}”的撤回申请{request.outcome.label}，{body}",
        url=reverse(page, args=[project.code]),
        project_id=project.pk,
    )
    send_letters([letter], kind=MessageKind.ANSWER, by=by)
