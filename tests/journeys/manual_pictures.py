"""What the pictures of the manuals show: an account of the demo, a page, what is pressed there."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image

LARGEST = 60 * 1024  # bytes
COLOURS = (24, 16)


@dataclass(frozen=True, slots=True)
class Recipe:
    """`press` is a link or button of the page, the first of that name."""

    account: str
    address: str
    press: str = ""


RECIPES: Mapping[str, Recipe] = {
    "login": Recipe("", "/accounts/login/"),
    "password": Recipe("hospital1", "/accounts/password/"),
    "home": Recipe("hospital1", "/"),
    "project": Recipe("city4201", "/projects/DEMO-BL/"),
    "log": Recipe("city4201", "/audit/"),
    "subaccounts": Recipe("city4201", "/accounts/sub-accounts/"),
    "changes": Recipe("hospital1", "/organizations/changes/"),
    "reset": Recipe("city4201", "/accounts/subordinates/"),
    "entry": Recipe("hospital2", "/demand/DEMO-BL/entry/"),
    "check": Recipe("hospital2", "/demand/DEMO-BL/entry/check/"),
    "letter": Recipe("hospital2", "/demand/DEMO-BL/letter/"),
    "results": Recipe("hospital7", "/demand/DEMO-BL-KQ/results/"),
    "agreed_institution": Recipe("hospital1", "/analysis/DEMO-LV/agreed/"),
    "selected": Recipe("hospital2", "/allocation/DEMO-FL/selected/"),
    "pending": Recipe("hospital2", "/allocation/DEMO-FL/pending/"),
    "slot": Recipe("hospital1", "/allocation/DEMO-FL/pending/", "分量"),
    "report": Recipe("hospital2", "/allocation/DEMO-FL/report/"),
    "choices": Recipe("hospital1", "/distribution/choices/?project=DEMO-PS"),
    "queue": Recipe("county420106", "/review/DEMO-BL/"),
    "filing": Recipe("county420106", "/review/DEMO-BL/?status=submitted", "审核"),
    "confirm": Recipe("county420106", "/review/DEMO-BL/confirm/"),
    "appeal_own": Recipe("hospital1", "/review/DEMO-LV/appeals/", "查看"),
    "appeal_answer": Recipe("county420106", "/review/DEMO-BL/appeals/", "查看"),
    "appeals": Recipe("alliance", "/review/DEMO-LV/appeals/"),
    "withdrawals": Recipe("city4201", "/review/DEMO-BL-KQ/withdrawals/"),
    "progress": Recipe("province42", "/progress/DEMO-BL/"),
    "purchases": Recipe("province42", "/demand/DEMO-BL/purchases/"),
    "maintenance": Recipe("province66", "/demand/DEMO-BL/maintenance/"),
    "allocation_queue": Recipe("city4201", "/review/DEMO-FL/"),
    "agreements": Recipe("city4201", "/allocation/DEMO-FL/agreements/"),
    "pivot": Recipe("alliance", "/analysis/DEMO-BL/"),
    "agreed": Recipe("province42", "/analysis/DEMO-LV/agreed/"),
    "agreement_progress": Recipe(
        "province42", "/distribution/agreements/progress/?project=DEMO-PS"
    ),
    "province_settings": Recipe("province42", "/projects/DEMO-BL/province/"),
    "issue": Recipe("province42", "/accounts/issue/"),
    "distributors": Recipe("province42", "/distribution/distributors/"),
    "approvals": Recipe("alliance", "/accounts/approvals/"),
    "project_new": Recipe("alliance", "/projects/create/"),
    "windows": Recipe("alliance", "/projects/DEMO-BL/windows/"),
    "base": Recipe("alliance", "/analysis/DEMO-LV/base/"),
    "units": Recipe("alliance", "/analysis/DEMO-LV/agreed/units/"),
    "generation": Recipe("alliance", "/allocation/DEMO-LV-FL/generation/"),
    "substitution": Recipe("alliance", "/allocation/DEMO-FL/substitution/"),
    "makers": Recipe("alliance", "/distribution/makers/"),
    "seals": Recipe("alliance", "/audit/seals/"),
    "agreements_maker": Recipe("maker1", "/allocation/DEMO-FL/agreements/"),
    "relation_choose": Recipe(
        "maker1", "/distribution/relations/choose/?project=DEMO-FL&province=42"
    ),
    "relations_maker": Recipe("maker1", "/distribution/relations/"),
    "agreements_list": Recipe("maker1", "/distribution/agreements/"),
    "areas": Recipe("distributor1", "/distribution/areas/"),
    "relations": Recipe("distributor1", "/distribution/relations/?status=1"),
    "chains": Recipe("distributor1", "/distribution/chains/"),
    "admin": Recipe("admin", "/admin/"),
    "admin_users": Recipe("security", "/admin/accounts/user/"),
}


def small(shot: bytes) -> bytes:
    """The screenshot with few colours, fewer if it is still large: text and lines need no more."""
    picture = Image.open(io.BytesIO(shot)).convert("RGB")
    for colours in COLOURS:
        file = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
        if file.tell() <= LARGEST:
            break
    return file.getvalue()
