"""What the rail shows of relations: the same page for both sides, coverage for who oversees it."""

from django.http import HttpRequest

from apps.accounts.models.roles import Permission, Role
from apps.ui.navigation import Item

BUREAUS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY)
READ = (Permission.QUERY,)
CHOOSING = (
    "distribution:relation_choose",
    "distribution:relation_copy",
    "distribution:relation_import",
    "distribution:relation_detail",
    "distribution:relation_move",
)


def to_answer(request: HttpRequest) -> int:
    """How many proposals wait for the distributor; for everybody else none."""
    from apps.distribution.domain.relations.listing import todos_for  # noqa: PLC0415 models may not be ready when the rail is declared

    user = request.user
    if getattr(user, "role", "") != Role.DISTRIBUTOR:
        return 0
    return todos_for(user)[0].number


RELATION_ITEMS = (
    Item(
        "配送关系",
        "distribution:relation_list",
        "arrows-exchange",
        permissions=READ,
        roles=(Role.MANUFACTURER, Role.DISTRIBUTOR, *BUREAUS),
        badge=to_answer,
        also=CHOOSING,
    ),
    Item(
        "配送覆盖",
        "distribution:coverage_list",
        "map",
        permissions=READ,
        roles=(Role.MANUFACTURER, *BUREAUS),
    ),
    Item(
        "配送企业查询",
        "distribution:deliverer_list",
        "truck-delivery",
        permissions=READ,
        roles=(Role.INSTITUTION,),
    ),
    Item(
        "下级配送",
        "distribution:chain_list",
        "truck",
        permissions=READ,
        roles=(Role.DISTRIBUTOR, Role.PROVINCE),
        also=("distribution:chain_choose",),
    ),
    Item(
        "配送企业上限",
        "distribution:limit_list",
        "adjustments",
        permissions=(Permission.MANAGE,),
        roles=(Role.ALLIANCE,),
    ),
)
