"""What the review chain puts into the rail: one entry per tier, in the manual's words (S0-13)."""

from apps.accounts.roles import Permission, Role
from apps.projects.models import ProjectKind
from apps.ui.navigation import Item

from .headings import review_title

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
ITEMS = tuple(
    Item(
        review_title(ProjectKind.ALLOCATION, role),
        "review:filing_list_latest",
        "clipboard-check",
        permissions=(Permission.QUERY,),
        roles=(role,),
        also=("review:*",),
    )
    for role in BUREAUS
)
