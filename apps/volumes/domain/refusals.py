"""What the services of this app refuse, each a sentence for the person; and the checks they share."""

from collections.abc import Sequence

from django.db import IntegrityError

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.organizations.models import Tier
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing

NAMED = 5


class VolumesRefused(ReviewRefused):
    """A service refused; the message says why and what to do. Nothing was written."""


class ProvincesMissing(VolumesRefused):
    """Provinces are not approved; whoever goes on without them confirms their names."""

    def __init__(self, missing: Sequence[Filing]) -> None:
        names = listed([filing.organization.name for filing in missing])
        super().__init__(
            f"还有 {len(missing)} 个省份没有审核通过：{names}。请核对名单并确认不等待它们。"
        )
        self.missing = tuple(missing)


class RulesIncomplete(VolumesRefused):
    """The rules leave items open; `gaps` names them all."""

    def __init__(self, gaps: Sequence[str]) -> None:
        super().__init__(
            f"有 {len(gaps)} 个品规还算不出约定采购量：{listed(gaps, '；')}。请先补充规则或中选结果。"
        )
        self.gaps = tuple(gaps)


def listed(names: Sequence[str], separator: str = "、") -> str:
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return separator.join(names[:NAMED]) + more


def require_alliance(by: Actor) -> None:
    """The alliance office, by an account that manages; commands pass. Raises `VolumesRefused`."""
    if by.user is not None and (not by.organization or by.organization.tier != Tier.ALLIANCE):
        raise VolumesRefused("只有联采办可以办理。")
    if not by.may(Permission.MANAGE):
        raise VolumesRefused(f"您的账号没有“{Permission.MANAGE.label}”权限。")


def require_reason(reason: str) -> str:
    """Raises `VolumesRefused` for a blank one."""
    if not reason.strip():
        raise VolumesRefused("请填写撤销的原因。")
    return reason.strip()


CONSTRAINTS = {
    "volumes_rules_fixed": "约定采购量或计算基数已经发布，规则和系数不能再改；需要修改时请先撤销发布。",
    "volumes_version_fixed": "这一版已经复核，不能再改；需要修改时请重新生成。",
    "volumes_ratio_rows_cross": "带量比例表中有两行的企业数重叠，请检查“从”和“到”。",
    "volumes_conversion_chained": "主规格自身不能再折算到别的品规，且必须属于同一项目。",
}


def refusal_of(error: IntegrityError) -> VolumesRefused | None:
    """The sentence for what one of the app's triggers refused."""
    text = str(error)
    return next(
        (VolumesRefused(sentence) for name, sentence in CONSTRAINTS.items() if name in text), None
    )
