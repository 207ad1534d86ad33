"""What a rehearsal takes over of the real world: who is there, and what the alliance and provinces set in the project.

Invariants: nothing that anybody did in the round comes along (no filing, line, report, event, message, job, log entry,
file), no password, no token, no subscription; every table that is not named stays empty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.apps import apps

IN_PROJECT = "project_id = %(project)s"
OF_ITEM = "item_id IN (SELECT id FROM public.projects_catalogitem WHERE project_id = %(project)s)"
OF_PRODUCT = (
    "product_id IN (SELECT id FROM public.projects_winningproduct WHERE project_id = %(project)s)"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows of one table: which, and what stands in a column instead of what stood there."""

    where: str = "TRUE"
    instead: Mapping[str, str] = field(default_factory=dict)


PREPARING = {
    "phase": "'preparing'",
    "published_at": "NULL",
    "closed_at": "NULL",
    "concluded_at": "NULL",
    "extended_until": "NULL",
    "extended_words": "''",
    "history_project_id": "NULL",  # the history itself comes along
    "copied_from_id": "NULL",
}
NOBODY = {
    "password": "'!'",
    "must_change_password": "FALSE",
    "second_factor_at": "NULL",
    "password_reset_at": "NULL",
    "password_reset_by": "''",
    "password_reset_from": "''",
    "handed_over_at": "NULL",
    "phone": "''",
}
UNCALLED = {"phone": "''"}
"""Numbers are for who has to call, and each look is logged (decision 0076): nobody calls out of a rehearsal."""
TAKING_PART = f"{IN_PROJECT} AND organization_id IN (SELECT id FROM public.organizations_organization WHERE is_active)"  # noqa: S608
"""Whoever closed or merged since the publication would keep the project from being published again."""
TAKEN: Mapping[str, Taken] = {
    "contenttypes.ContentType": Taken(),
    "auth.Permission": Taken(),
    "auth.Group": Taken(),
    "auth.Group_permissions": Taken(),
    "guardian.UserObjectPermission": Taken(),
    "organizations.Division": Taken(),
    "organizations.Organization": Taken(instead=UNCALLED),
    "organizations.Enterprise": Taken(),
    "accounts.User": Taken(instead=NOBODY),
    "distribution.DistributorAccount": Taken(instead=UNCALLED),
    "distribution.DeliveryArea": Taken(),
    "distribution.ChainLink": Taken(),
    "distribution.UsernameSequence": Taken(),
    "projects.Project": Taken("id = %(project)s", PREPARING),
    "projects.CatalogItem": Taken(IN_PROJECT),
    "projects.WinningProduct": Taken(IN_PROJECT),
    "projects.WinningTerms": Taken(OF_PRODUCT),
    "projects.SupplyProvince": Taken(OF_PRODUCT),
    "projects.PrimaryProvince": Taken(OF_PRODUCT),
    "projects.OwnCode": Taken(OF_ITEM),
    "projects.Participation": Taken(TAKING_PART),
    "projects.ProvinceSettings": Taken(IN_PROJECT),
    "projects.ProjectWindow": Taken(IN_PROJECT),
    "projects.ProvinceWindow": Taken(IN_PROJECT),
    "reporting.PurchaseHistory": Taken(IN_PROJECT),
    "volumes.Conversion": Taken(IN_PROJECT),
    "volumes.VolumeRules": Taken(IN_PROJECT),
    "volumes.RatioRow": Taken(IN_PROJECT),
    "volumes.CascadeRow": Taken(IN_PROJECT),
    "volumes.UnitRule": Taken(IN_PROJECT),
    "volumes.ItemRule": Taken(IN_PROJECT),
}


def taken_tables() -> Iterator[tuple[str, dict[str, str], str]]:
    """Table, what each column gets, which rows."""
    for label, taken in TAKEN.items():
        meta = apps.get_model(label)._meta
        columns = [each.column for each in meta.concrete_fields if not each.generated]
        yield (
            meta.db_table,
            {name: taken.instead.get(name, f'"{name}"') for name in columns},
            taken.where,
        )
