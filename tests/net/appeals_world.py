"""申诉 of the access matrix: an institution's against a return, and an enterprise's that the alliance is to answer."""

import io
from datetime import timedelta
from typing import Any

from django.core.files.base import File
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project, WinningProduct
from apps.review.models import Appeal, Filing
from apps.scope.context import whole_country
from apps.scope.paths import ROOT


def appeal_of(filing: Filing) -> Appeal:
    """Somebody of the unit appealed against a return; the county is to answer."""
    with whole_country(reason="test"):
        clerk = User.objects.filter(organization_id=filing.organization_id).earliest("pk")
    return _appeal(
        clerk, project_id=filing.project_id, filing=filing, about="return", what="event", key=1,
        title="鄂退回", said="鄂退回", answerer_path=filing.path.rsplit("/", 2)[0] + "/",
        answerer_name="区县医保",
    )  # fmt: skip


def appeal_on_designation(project: Project, maker: User) -> Appeal:
    """The enterprise appealed against who was designated in the group of its product."""
    with whole_country(reason="test"):
        product = WinningProduct.objects.get(project=project, enterprise=maker.enterprise)
    return _appeal(
        maker, project=project, enterprise=maker.enterprise, about="designation",
        what="share", key=product.pk, title="鄂指定", said="鄂指定", answerer_path=ROOT,
        answerer_name="联采办",
    )  # fmt: skip


def _appeal(by: User, **more: Any) -> Appeal:
    now = timezone.now()
    with whole_country(reason="test"):
        return Appeal.objects.create(
            path=by.path, page="/", act_at=now, text="鄂申诉", asked_at=now, asked_by=by,
            asked_by_name=by.name, due_at=now + timedelta(days=5), file_name="鄂证明.pdf",
            file=File(io.BytesIO(b"%PDF"), name="paper.pdf"), **more,
        )  # fmt: skip
