"""What holding a demand filing asks for, in its words, and the kinds of projects whose sheets these are."""

from apps.projects.models import ProjectKind
from apps.review.domain.holding import Filling

KINDS = (ProjectKind.DEMAND, ProjectKind.HISTORY)
DEMAND = Filling(name="报量", doing="填写采购需求", strangers="只有本机构可以填写自己的采购需求。")
