"""Reading appeals: the list of a place, and how many stand where."""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.projects.models import Project
from apps.review.models import Appeal


def appeals_of(project: Project) -> QuerySet[Appeal]:
    """Those that the reader sees, what waits first, then the latest."""
    rows: QuerySet[Appeal] = Appeal.objects.of_project(project).with_appellants()
    return rows.order_by("closed_at", "-asked_at", "-pk")


def counts_of(project: Project) -> dict[str, int]:
    """By state; one statement."""
    rows = Appeal.objects.of_project(project).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def waiting_for(project: str, answerer: str) -> Coalesce:
    """To annotate: how many of a project wait for the bureau at a path, both named by references."""
    rows = Appeal.objects.all().open()
    mine = rows.filter(project=OuterRef(project), answerer_path=OuterRef(answerer))
    counted = mine.order_by().values("project").annotate(n=Count("pk"))
    nobody = Value(0, output_field=IntegerField())
    return Coalesce(Subquery(counted.values("n")), nobody)
