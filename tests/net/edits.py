"""The forms that edit what is there, and those that make something new: who fills them in with what, by the names of
`access/*.txt`. The nets over stale forms and over drafts go through them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

Change = dict[str, str | list[str]]


@dataclass(frozen=True)
class Edit:
    """Who edits, what a colleague saves meanwhile, and what one's own stale form says."""

    persona: str
    colleague: Change
    own: Change


def own_window(*, days: int) -> Change:
    """A province's narrower window from this morning on."""
    today = timezone.localdate()
    return {
        "institution-opens_at_0": str(today),
        "institution-opens_at_1": "00:00",
        "institution-closes_at_0": str(today + timedelta(days=days)),
        "institution-closes_at_1": "24:00",
    }


EDITS: dict[str, Edit] = {
    "accounts:sub_account_edit": Edit("city", {"phone": "13800000001"}, {"name": "何改名"}),
    "administration:unit_edit": Edit("province", {"phone": "027-1"}, {"contact_name": "我"}),
    "distribution:distributor_edit": Edit(
        "province", {"phone": "13900000001"}, {"legal_representative": "改法人"}
    ),
    "distribution:area_list": Edit("carrier", {"area": ["420106"]}, {"area": ["420202"]}),
    "distribution:limit_list": Edit("alliance", {"most": "3"}, {"most": "5"}),
    "distribution:clauses_edit": Edit("alliance", {"payment": "三十日"}, {"breach": "违约"}),
    "notices:notice_edit": Edit("province", {"title": "鄂改通知"}, {"body": "我的正文"}),
    "subscriptions:preference_edit": Edit(
        "hospital", {"mail": "he@example.com"}, {"sms": "13800000001"}
    ),
    "projects:own_code_edit": Edit("hospital", {"code": "HB002"}, {"item": "B"}),
    "projects:project_edit": Edit("alliance", {"description": "他"}, {"description": "我"}),
    "projects:window_edit": Edit(
        "alliance",
        {"alliance-closes_at_0": "2099-12-30"},
        {"alliance-closes_at_0": "2099-12-29"},
    ),
    "projects:province_edit": Edit(
        "province",
        own_window(days=2),
        own_window(days=3),
    ),
    "volumes:rule_edit": Edit("alliance", {"group_ratio": "70"}, {"group_keep": "60"}),
    "volumes:unit_list": Edit("alliance", {"unit-0-winners": "3"}, {"unit-0-winners": "4"}),
    "volumes:unit_edit": Edit("alliance", {"winners": "5"}, {"winners": "6"}),
}
NOT_EDITS = {
    "administration:change_ask": "asks for something new; tests/administration/test_unit_change_pages.py",
    "allocation:slot_edit": "carries `seen`; tests/allocation/test_slots.py",
    "administration:password_address": "one request at a time; tests/administration/test_password_address.py",
    "analysis:pivot_detail": "one's own saved views, renamed by their owner alone",
    "accounts:token_create": "makes something new",
    "rehearsals:rehearsal_create": "makes something new",
    "subscriptions:hook_create": "makes something new",
    "notices:message_create": "makes something new",
    "projects:project_create": "makes something new",
    "projects:project_copy": "makes something new",
    "projects:window_extend": "asked anew each time; tests/projects/test_extending.py",
    "review:correction_edit": "asked anew each time; tests/review/test_correction_pages.py",
    "review:correction_add": "makes something new",
    "allocation:stop_edit": "carries the digest of what was shown; tests/allocation/test_stop_pages.py",
    "reporting:demand_edit": "carries the version of each line; tests/reporting/test_sheet.py",
}
MAKES = {
    "review:appeal_create": Edit("hospital", {"text": "数量属实"}, {}),
    "accounts:token_create": Edit("hospital", {"name": "HIS", "days": "3"}, {}),
    "accounts:sub_account_create": Edit("hospital", {"name": "新人", "permissions": ["query"]}, {}),
    "administration:unit_create": Edit(
        "province", {"parent": "420106", "code": "H42010600777", "name": "新增卫生院"}, {}
    ),
    "distribution:distributor_create": Edit(
        "province",
        {
            "name": "新增配送有限公司",
            "uscc": "91420100MA4KXAB316",
            "legal_representative": "法人",
            "authorized_person": "经办",
            "phone": "13800000009",
        },
        {},
    ),
    "distribution:relation_choose": Edit(
        "maker", {"product": ["*"], "place": ["$"], "carrier": ["*"]}, {}
    ),
    "notices:notice_create": Edit("province", {"title": "新通知", "body": "正文"}, {}),
    "projects:own_code_create": Edit("hospital", {"code": "HB009", "item": "A"}, {}),
    "projects:project_create": Edit("alliance", {"code": "NEW-1", "name": "新项目"}, {}),
    "projects:project_copy": Edit("alliance", {"code": "COPY-1", "name": "副本"}, {}),
}
"""Forms that make something new, filled in acceptably; `*` is the first box, `$` the last."""

NO_DRAFT = {
    "reporting:demand_edit": "the sheet keeps a copy of each row of its own",
}
TRIED_ELSEWHERE = {
    "notices:message_create": "which fields it takes depends on the choice; tests/portal/test_addressing.py",
    "rehearsals:rehearsal_detail": "a calendar that only runs forward; tests/rehearsals/test_inside.py",
    "subscriptions:hook_create": "looks a name up; tests/subscriptions/test_pages.py",
    "administration:change_ask": "asked once, with a file; tests/administration/test_unit_change_pages.py",
    "accounts:subordinate_handover": "asked once, answered by a one-time password; tests/review/test_acting_journey.py",
    "review:mandate_grant": "asked once, with a password; tests/review/test_mandate_journey.py",
    "review:correction_edit": "asked anew each time, nothing of it is kept; tests/review/test_correction_pages.py",
    "review:correction_add": "asked anew each time, nothing of it is kept; tests/review/test_addition_pages.py",
    "allocation:stop_edit": "asked anew each time, nothing of it is kept; tests/allocation/test_stop_pages.py",
    "projects:window_extend": "asked anew each time, nothing of it is kept; tests/projects/test_extending.py",
    "distribution:distributor_list": "the form of distributor_create in a dialog",
    "distribution:chain_choose": "boxes of a search, asked anew each time",
    "distribution:relation_copy": "boxes, kept as those of relation_choose",
    "portal:progress_detail": "boxes and words of a reminder",
    "reporting:demand_edit": "tests/reporting/test_sheet_journey.py; its dialogs are kept as any other",
}
"""Forms of more than one field that the browser net doesn't go through, and why."""
