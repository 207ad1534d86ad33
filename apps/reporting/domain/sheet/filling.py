"""What holding a demand filing asks for, in its words."""

from apps.review.domain.holding import Filling

DEMAND = Filling(name="报量", doing="填写采购需求", strangers="只有本机构可以填写自己的采购需求。")
