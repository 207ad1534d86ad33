"""What the review chain puts into the rail: one entry per tier, in the manual's words (S0-13, S3-11, S3-21, S3-27)."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from apps.accounts.models.roles import Permission, Role
from apps.projects.models import ProjectKind
from apps.review.domain.headings import confirm_title, review_title
from apps.ui.navigation import Item

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
LATEST = "review:round_latest"
REVIEWING = (
    "review:filing_list",
    "review:filing_detail",
    "review:filing_act",
    "review:filing_return_through",
    "review:selection_detail",
    "review:participant_list",
    "review:participant_add",
    "review:appeal_*",
    "review:attachment_*",
    "review:correction_*",
    "review:filing_why",
    "review:mandate_*",
    "review:project_publish",
    "review:project_close",
    "review:project_conclude",
    "review:project_undo",
)
OWN_FILING = ("review:filing_*", "review:appeal_*", "review:correction_*", "review:mandate_*")
"""Where an institution reads what became of its own filing."""
ITEMS = tuple(
    Item(
        review_title(ProjectKind.ALLOCATION, role),
        "review:filing_list_latest",
        "clipboard-check",
        permissions=(Permission.QUERY,),
        roles=(role,),
        also=("review:*",),
        subject="allocation",
    )
    for role in BUREAUS
)


def page(subject: str, name: str) -> Callable[[HttpRequest], dict[str, Any]]:
    """The arguments of the address that leads to a page of the subsystem's latest round."""
    return lambda _request: {"subject": subject, "page": name}


def confirming(request: HttpRequest) -> dict[str, Any] | None:
    """Who confirms also reviews: the page asks for both rights, and an item for any of those it names."""
    user: Any = request.user
    return page("demand", "confirm")(request) if user.has(Permission.REVIEW) else None


DEMAND_ITEMS = (
    *(
        Item(
            review_title(ProjectKind.DEMAND, role),
            LATEST,
            "clipboard-check",
            permissions=(Permission.QUERY,),
            roles=(role,),
            kwargs_from=page("demand", "list"),
            also=REVIEWING,
            subject="demand",
        )
        for role in BUREAUS
    ),
    Item(
        confirm_title(ProjectKind.DEMAND),
        LATEST,
        "checks",
        permissions=(Permission.REPORT,),
        roles=BUREAUS[1:],
        kwargs_from=confirming,
        also=("review:filing_confirm",),
        subject="demand",
    ),
    Item(
        "医疗机构撤回处理",
        LATEST,
        "arrow-back-up",
        permissions=(Permission.REVIEW,),
        roles=BUREAUS,
        kwargs_from=page("demand", "withdrawals"),
        also=("review:withdrawal_list", "review:withdrawal_decide"),
        subject="demand",
    ),
    Item(
        "逾期处理",
        LATEST,
        "calendar-time",
        permissions=(Permission.REVIEW,),
        roles=BUREAUS,
        kwargs_from=page("demand", "overdue"),
        also=("review:overdue_list",),
        subject="demand",
    ),
)
PROGRESS_PAGES = ("portal:progress_*",)
PROGRESS_ITEMS = {
    subject: (
        Item(
            "填报进度",
            LATEST,
            "chart-bar",
            permissions=(Permission.QUERY,),
            roles=BUREAUS,
            kwargs_from=page(subject, "progress"),
            also=PROGRESS_PAGES,
            subject=subject,
        ),
    )
    for subject in ("demand", "allocation")
}
