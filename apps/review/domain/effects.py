"""What an act does, as the sentence that its confirmation states, and what was done, as the one that answers it."""

from apps.review.domain.machine import TRANSITIONS
from apps.review.models.statuses import Action


def effect(action: Action, name: str, package: str = "") -> str:
    """`package` is what the filing holds, in words."""
    held = f"（{package}）" if package else ""
    return TRANSITIONS[action].act.effect.format(name=f"“{name}”", package=held)


def batch_effect(action: Action, number: int) -> str:
    """The same for many: the number stands for the names."""
    return TRANSITIONS[action].act.effect.format(name=f" {number:,} 家单位", package="")


def word(action: Action) -> str:
    """What the act is called on a bureau's pages: bureaus 提交, institutions 上报."""
    return TRANSITIONS[action].act.word or action.label


def confirm(action: Action) -> str:
    """What the button that confirms it says."""
    return TRANSITIONS[action].act.confirm or word(action)


def done(action: Action, name: str) -> str:
    return f"已{word(action)}：{name}。"
