"""What the pages of this app share: ticked rows, the project that the rail leads back to."""

from django.http import HttpRequest

from apps.accounts.models.roles import Role
from apps.projects.pages.trail import Trail
from apps.ui.numbers import number_of

INSTITUTION = (Role.INSTITUTION,)
MOST_TICKED = 5_000
TRAIL = Trail("reporting", "reporting/no_project.html")
remember = TRAIL.remember


def ticked(request: HttpRequest, name: str = "tick") -> list[int]:
    """The ids of ticked rows; what is no id is left out."""
    numbers = map(number_of, request.POST.getlist(name)[:MOST_TICKED])
    return [number for number in numbers if number is not None]
