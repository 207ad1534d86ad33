"""What an act does, as the sentence that its confirmation states, and what was done, as the one that answers it."""

from collections.abc import Mapping

from apps.review.models.statuses import Action

EFFECTS: Mapping[str, str] = {
    Action.SUBMIT: "将代{name}提交上级{package}；提交后该单位及其下级的数据全部锁定。",
    Action.WITHDRAW: "将撤回{name}的提交{package}；撤回后可以继续办理，需要重新提交。",
    Action.APPROVE: "将审核通过{name}的申报{package}。",
    Action.UNAPPROVE: "将取消{name}的审核通过{package}，回到待审核。",
    Action.RETURN: "将退回{name}的申报{package}；更正截止前可以修改并重新上报。",
    Action.GRANT: "将同意{name}的撤回申请{package}；更正截止前可以修改并重新上报。",
    Action.REPORT_FOR: "将代{name}上报{package}并直接审核通过，审核记录中注明为代报。",
    Action.LAPSE: "将把{name}计为未报：本次数量按 0 处理，已占用的产能释放。",
    Action.RESTORE: "将恢复{name}上次上报的数据，回到待审核。",
    Action.SUPPLEMENT: "将为{name}开放补报，补报截止前可以填报并上报。",
    Action.EXCLUDE: "将把{name}移出本项目：不再填报，不计入任何汇总；审核记录保留。",
    Action.UNDO_SUBSTITUTE: "将撤销{name}的系统代分，回到填报中。",
}
ICONS: Mapping[str, str] = {
    Action.SUBMIT: "send",
    Action.WITHDRAW: "arrow-back-up",
    Action.APPROVE: "check",
    Action.UNAPPROVE: "rotate-2",
    Action.RETURN: "arrow-back-up",
    Action.GRANT: "arrow-back-up",
    Action.REPORT_FOR: "send",
    Action.LAPSE: "ban",
    Action.RESTORE: "history",
    Action.SUPPLEMENT: "calendar-time",
    Action.EXCLUDE: "user-x",
    Action.UNDO_SUBSTITUTE: "rotate-2",
}
FINAL = frozenset({Action.RETURN, Action.LAPSE, Action.EXCLUDE})
"""Drawn as dangerous."""


def effect(action: Action, name: str, package: str = "") -> str:
    """`package` is what the filing holds, in words."""
    held = f"（{package}）" if package else ""
    return EFFECTS[action].format(name=f"“{name}”", package=held)


def batch_effect(action: Action, number: int) -> str:
    """The same for many: the number stands for the names."""
    return EFFECTS[action].format(name=f" {number:,} 家单位", package="")


def word(action: Action) -> str:
    """What the act is called on a bureau's pages: bureaus 提交, institutions 上报."""
    return "提交" if action == Action.SUBMIT else action.label


def done(action: Action, name: str) -> str:
    return f"已{word(action)}：{name}。"
