"""The demand round at national size, which is built once and copied for every bench that looks at it."""

from django.core.management import call_command

from apps.projects.models import Project
from apps.scope.context import whole_country
from tests.bench.measurement import scaled
from tests.bench.owning import owning

CODE, INSTITUTIONS, ITEMS = "NATIONAL", scaled(46_000, least=500), 250


def prepare() -> None:
    with whole_country(reason="bench"):
        if Project.objects.filter(code=CODE).exists():
            return
        with owning():
            call_command("build_national", project=CODE, institutions=INSTITUTIONS, items=ITEMS)
