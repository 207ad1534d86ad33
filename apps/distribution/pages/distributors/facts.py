"""What a page shows of a distributor."""

from typing import Any

from apps.accounts.domain.calling import caller_of, number_for
from apps.distribution.domain.areas.names import described, places_of
from apps.distribution.models import DistributorAccount
from apps.ui import formats


def facts_shown(row: DistributorAccount, viewer: Any) -> dict[str, Any]:
    """Everything known of it as pairs of label and value, and its areas city by city."""
    user = row.user
    facts = [
        ("配送企业用户名", user.username if user else "发放后生成"),
        ("省平台账号", row.provincial_account),
        ("配送企业名称", row.enterprise.name),
        ("统一社会信用代码", row.enterprise.uscc),
        ("法人", row.legal_representative),
        ("被授权人", row.authorized_person),
        ("联系电话", number_for(caller_of(viewer), row.path, row.phone)),
        ("通信地址", row.address),
        ("用户状态", ("启用" if user.is_active else "禁用") if user else "未发放"),
        ("是否发放", row.issued_in_words),
        ("发放时间", formats.moment(row.issued_at)),
        ("发放人", str(row.issued_by) if row.issued_by else ""),
        ("是否登录", "是" if user and user.last_login else "否"),
        ("最后登录时间", formats.moment(user.last_login if user else None)),
        ("添加时间", formats.moment(row.created_at)),
    ]
    chosen = set(row.areas.values_list("division_id", flat=True))
    return {"facts": facts, "areas": described(places_of(row.province), chosen)}
