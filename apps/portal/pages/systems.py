"""The systems as a visitor sees them before signing in (rules §8, S1-07): those in which there is something to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.ui.navigation import SUBSYSTEMS

DESCRIPTIONS: Mapping[str, str] = {
    "portal": "待办、通知、下载、账号和密码、操作日志。",
    "demand": "医疗机构填报采购需求量，医保部门逐级审核汇总。",
    "allocation": "确认中选产品采购量，把待分配量分给中选企业，逐级审核，形成协议采购量。",
    "distribution": "中选企业选择配送企业，配送企业答复并维护配送区域。",
}


@dataclass(frozen=True, slots=True)
class System:
    """One card of the visitors' page."""

    title: str
    icon: str
    description: str


def systems() -> list[System]:
    return [
        System(subsystem.title, subsystem.icon, DESCRIPTIONS[subsystem.key])
        for subsystem in SUBSYSTEMS.values()
        if subsystem.items
    ]
