"""Adding institutions, correcting what is known of a unit, shutting it, and who reports for whom."""

from dataclasses import asdict, dataclass, fields

from django.db import IntegrityError, transaction

from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import Author, record
from apps.organizations.domain import codes
from apps.organizations.domain.phones import told
from apps.organizations.models import Level, Organization, Tier
from apps.organizations.models.pinyin import initials, sort_key
from apps.scope.context import whole_country
from apps.scope.paths import province_path

# `accounts` stands above this app: its right is asked for by name.
MANAGE_ACCOUNTS = "manage_accounts"
SYSTEM = "system_admin"
CODE_CONSTRAINT = "organizations_organization_code_key"


class UnitRefused(Exception):
    """The act isn't possible; the message is the sentence for the person, `field` where it belongs."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be corrected about an institution; of a bureau only who to ask."""

    name: str
    grade: str = ""
    ownership: str = ""
    kind: str = ""
    contact_name: str = ""
    phone: str = ""
    address: str = ""

    @classmethod
    def of(cls, unit: Organization) -> "Facts":
        return cls(*(getattr(unit, field.name) for field in fields(cls)))


CONTACT = ("contact_name", "phone", "address")


@transaction.atomic
def add_institution(
    *, by: Author, parent_id: int, code: str, facts: Facts, through_code: str = ""
) -> Organization:
    """A new institution under a bureau in the author's scope. Raises `UnitRefused`."""
    require_right(by)
    parent = Organization.objects.get(pk=parent_id)
    if parent.tier not in {Tier.PROVINCE, Tier.CITY, Tier.COUNTY}:
        raise UnitRefused("医疗机构只能直接隶属于省、市或区县医保部门。", field="parent")
    code = codes.normalized(code)
    if problem := codes.problem_with(code):
        raise UnitRefused(f"{problem}。", field="code")
    if parent.children.filter(name=facts.name, tier=Tier.INSTITUTION).exists():
        raise UnitRefused(f"{parent.name}下已有同名机构“{facts.name}”。", field="name")
    unit = institution_under(parent, code, facts)
    unit.reports_through = _carrier(unit, through_code)
    _insert(unit)
    _record(
        by, unit, "新增机构", f"新增了医疗机构 {unit.name}（{unit.code}），隶属于{parent.name}。"
    )
    return unit


def institution_under(parent: Organization, code: str, facts: Facts) -> Organization:
    """An unsaved institution, in the division of its bureau."""
    return Organization.at(
        parent,
        code=code,
        level=Level.INSTITUTION,
        tier=Tier.INSTITUTION,
        division_id=parent.division_id,
        **asdict(facts),
    )


def _insert(unit: Organization) -> None:
    """Codes are unique in the country, also among those that the author can't see."""
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        if diagnosis is None or diagnosis.constraint_name != CODE_CONSTRAINT:
            raise
        raise UnitRefused(f"机构编码 {unit.code} 已被使用，请核对。", field="code") from error


@transaction.atomic
def edit_unit(
    *, by: Author, unit_id: int, facts: Facts, through_code: str = "", seen: Seen | None = None
) -> Organization:
    """Correct a unit; bureaus keep their name. Raises `UnitRefused`, `ChangedMeanwhile`."""
    require_right(by, or_staff=True)
    unit = _locked(unit_id)
    require_seen(seen, unit)
    before = Facts.of(unit)
    if unit.tier == Tier.INSTITUTION:
        unit.reports_through = _carrier(unit, through_code)
        put_facts(unit, facts)
    else:
        for name in CONTACT:
            setattr(unit, name, getattr(facts, name))
    changed = changes(before, Facts.of(unit))
    unit.save()
    said = "；".join([*changed, f"由其代报：{unit.reports_through or '无'}"])
    _record(by, unit, "修改机构", f"修改了 {unit.name}（{unit.code}）：{said}。")
    return unit


def put_facts(unit: Organization, facts: Facts) -> None:
    """Set the facts on an unsaved or loaded unit, with the pinyin of its name."""
    for name, value in asdict(facts).items():
        setattr(unit, name, value)
    unit.pinyin, unit.sort_key = initials(unit.name), sort_key(unit.name)


def changes(before: Facts, after: Facts) -> list[str]:
    """What differs, in words; of a telephone number only that it does."""
    return [
        f"{Organization._meta.get_field(field.name).verbose_name}"  # type: ignore[union-attr]
        f" {told(field.name, getattr(before, field.name), getattr(after, field.name))}"
        for field in fields(Facts)
        if getattr(before, field.name) != getattr(after, field.name)
    ]


@transaction.atomic
def set_unit_active(*, by: Author, unit_id: int, active: bool) -> Organization:
    """Open or shut a unit; the accounts of a shut one can't sign in. Raises `UnitRefused`."""
    require_right(by)
    unit = _locked(unit_id)
    if unit.is_active == active:
        return unit
    if active and unit.merged_into_id:
        raise UnitRefused(f"{unit.name}已并入其他机构，需要恢复时请在“机构变更”中撤销合并。")
    if not active and unit.children.filter(is_active=True).exists():
        raise UnitRefused(f"{unit.name}下还有启用的单位，请先禁用下级单位。")
    unit.is_active = active
    unit.save(update_fields=["is_active"])
    word = "启用" if active else "禁用"
    _record(by, unit, f"{word}机构", f"{word}了 {unit.name}（{unit.code}）。")
    return unit


@transaction.atomic
def drop_password_url(*, by: Author, seen: Seen | None = None) -> Organization:
    """The institutions of the author's province change their passwords on our own page again.

    Raises `UnitRefused`, `ChangedMeanwhile`.
    """
    province = own_province(by)
    require_seen(seen, province)
    province.password_url = ""
    province.save(update_fields=["password_url"])
    _record(by, province, "取消密码修改地址", "取消了密码修改地址。")
    return province


def own_province(by: Author) -> Organization:
    """The author's province, locked. Raises `UnitRefused` for anybody else."""
    require_right(by)
    if by.organization is None or by.organization.tier != Tier.PROVINCE:
        raise UnitRefused("只有省医保可以设置密码修改地址。")
    return _locked(by.organization.pk)


@transaction.atomic
def set_password_url(*, by: Author, province_id: int, url: str) -> Organization:
    """Where the institutions of a province change their passwords, as the province asked and the alliance approves.

    The database wants that request. Raises `UnitRefused`.
    """
    require_right(by)
    if by.organization is None or by.organization.tier != Tier.ALLIANCE:
        raise UnitRefused("密码修改地址须由联采办批准。")
    province = _locked(province_id)
    province.password_url = url
    province.save(update_fields=["password_url"])
    sentence = f"批准把{province.name}医疗机构的密码修改地址设为 {url}。"
    _record(by, province, "设置密码修改地址", sentence)
    return province


def password_url_for(unit: Organization) -> str:
    """The address that the unit's province has set; its row stands above the unit's scope."""
    with whole_country(reason="a province's address for its institutions"):
        province = Organization.objects.filter(path=province_path(unit.path)).first()
    return province.password_url if province and unit.tier == Tier.INSTITUTION else ""


def _carrier(unit: Organization, code: str) -> Organization | None:
    """The institution through which `unit` reports: in the same province, reporting for itself."""
    code = codes.normalized(code)
    if not code:
        return None
    if code == unit.code:
        raise UnitRefused("机构不能由自己代报，请留空。", field="through_code")
    carrier: Organization | None = Organization.objects.institutions().filter(code=code).first()
    if carrier is None or province_path(carrier.path) != province_path(unit.path):
        raise UnitRefused(f"本省没有编码为 {code} 的医疗机构。", field="through_code")
    if carrier.reports_through_id:
        raise UnitRefused(
            f"{carrier.name}自己由其他机构代报，不能再为别的机构代报。", field="through_code"
        )
    if unit.pk and Organization.objects.filter(reports_through=unit).exists():
        raise UnitRefused(
            f"{unit.name}正在为其他机构代报，不能再由别的机构代报。", field="through_code"
        )
    return carrier


def require_right(by: Author, *, or_staff: bool = False) -> None:
    """Raises `UnitRefused` unless the account manages units and their accounts.

    `or_staff`: 系统管理员 keep contacts and reference data too.
    """
    if not (by.may(MANAGE_ACCOUNTS) or (or_staff and by.user.role == SYSTEM)):
        raise UnitRefused("您的账号没有“账号管理”权限，不能维护机构和企业。")


def codes_in_use(wanted: list[str]) -> set[str]:
    """Which codes exist anywhere in the country."""
    with whole_country(reason="codes are unique in the country"):
        found = Organization.objects.filter(code__in=wanted)
        return set(found.values_list("code", flat=True))


def _locked(unit_id: int) -> Organization:
    locked = Organization.objects.select_for_update(of=("self",), no_key=True)
    unit: Organization = locked.get(pk=unit_id)
    return unit


def _record(by: Author, unit: Organization, verb: str, sentence: str) -> None:
    record(by=by, verb=verb, object=f"{unit.name} {unit.code}", sentence=sentence, path=unit.path)
