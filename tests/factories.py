"""Data for tests: a small real tree, units, enterprises and accounts. Nothing here needs a scope to be open."""

from functools import cache
from typing import Any

import factory
from factory.django import DjangoModelFactory

from apps.accounts.domain.usernames import username_of
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.domain.uscc import check_character
from apps.organizations.models import Division, Enterprise, Level, Organization, Tier
from apps.scope.context import whole_country

PASSWORD = "Kite-Lamp-4937"

HUBEI = ("420000", "420100", "420106", "420200", "420202")
SHANXI = ("140000", "140100", "140105")
INSTITUTIONS = (
    ("H42010600001", "武昌区人民医院", "420106"),
    ("H42010600002", "武昌区中医医院", "420106"),
    ("H42010000001", "武汉市第一医院", "420100"),
    ("H42000000001", "湖北省人民医院", "42"),
    ("H42020200001", "黄石港区人民医院", "420202"),
    ("H14010500001", "小店区人民医院", "140105"),
)


def _checked(first: str) -> str:
    return first + check_character(first)


@cache
def _divisions() -> dict[str, Division]:
    return {division.code: division for division in read_divisions()}


def build_tree() -> dict[str, Organization]:
    """Hubei with a county, a second city and institutions at every level; Shanxi as the neighbour. By code."""
    with whole_country(reason="test"):
        load_bureaus([_divisions()[code] for code in sorted(HUBEI + SHANXI)])
        units = {unit.code: unit for unit in Organization.objects.all()}
        made = [
            Organization.at(
                units[parent], code=code, name=name, level=Level.INSTITUTION,
                tier=Tier.INSTITUTION, division_id=units[parent].division_id,
                grade="二级甲等", ownership="公立", kind="综合医院",
            )
            for code, name, parent in INSTITUTIONS
        ]  # fmt: skip
        return units | {unit.code: unit for unit in Organization.objects.bulk_create(made)}


class EnterpriseFactory(DjangoModelFactory):
    """An enterprise with a made-up code that checks."""

    uscc = factory.Sequence(lambda n: _checked(f"91420100MA4K{n:05d}"))
    name = factory.Sequence(lambda n: f"测试制药{n}有限公司")

    class Meta:
        model = Enterprise

    @classmethod
    def _create(cls, model_class: type[Enterprise], *_: Any, **fields: Any) -> Enterprise:
        enterprise = model_class.named(**fields)
        enterprise.save()
        return enterprise


class InstitutionFactory(DjangoModelFactory):
    """An institution under `parent`."""

    code = factory.Sequence(lambda n: f"H9{n:010d}")
    name = factory.Sequence(lambda n: f"第{n}卫生院")
    level = Level.INSTITUTION
    tier = Tier.INSTITUTION
    grade = "一级"
    ownership = "公立"
    kind = "卫生院"

    class Meta:
        model = Organization

    @classmethod
    def _create(cls, model_class: type[Organization], *_: Any, **fields: Any) -> Organization:
        unit = model_class.at(fields.pop("parent"), **fields)
        unit.save()
        return unit


def account_of(unit: Organization, **fields: Any) -> User:
    """The main account of a unit: password known, nothing to be changed first."""
    fields.setdefault("username", username_of(unit))
    return _saved(User.for_organization(unit, **_with_defaults(fields)))


def enterprise_account(
    enterprise: Enterprise, role: Role, issuer: Organization, **fields: Any
) -> User:
    fields.setdefault("username", enterprise.uscc)
    return _saved(User.for_enterprise(enterprise, role, issuer.path, **_with_defaults(fields)))


def administrator(role: Role = Role.SECURITY, **fields: Any) -> User:
    """One of the three, 安全管理员 if nothing is said."""
    fields.setdefault("username", "admin")
    return _saved(User(role=role, is_staff=True, **_with_defaults(fields)))


def sub_account_of(main: User, **fields: Any) -> User:
    """A sub-account with the given `permission_subset`."""
    fields.setdefault("username", f"{main.username}-01")
    fields.setdefault("permission_subset", ["query"])
    return _saved(
        User(
            role=main.role, organization=main.organization, enterprise=main.enterprise,
            path=main.path, parent_account=main, **_with_defaults(fields),
        )
    )  # fmt: skip


def _with_defaults(fields: dict[str, Any]) -> dict[str, Any]:
    return {"name": "张三", "must_change_password": False, **fields}


def _saved(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user
