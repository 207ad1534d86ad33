"""What the rail shows of delivery."""

from apps.accounts.models.roles import ENTERPRISE_ROLES, ORGANIZATION_ROLES, Permission, Role
from apps.ui.navigation import Item

PROVINCE_ITEMS: tuple[Item, ...] = (
    Item(
        "配送企业管理",
        "distribution:distributor_list",
        "truck-delivery",
        permissions=(Permission.QUERY,),
        roles=(Role.PROVINCE,),
        also=(
            "distribution:distributor_create",
            "distribution:distributor_detail",
            "distribution:distributor_edit",
            "distribution:distributor_delete",
            "distribution:distributor_enable",
            "distribution:distributor_disable",
            "distribution:distributor_reset",
            "distribution:distributor_import",
        ),
    ),
)
AREA_ITEMS: tuple[Item, ...] = (
    Item(
        "配送区域",
        "distribution:area_list",
        "map-pin",
        permissions=(Permission.QUERY,),
        roles=(Role.PROVINCE, Role.DISTRIBUTOR),
    ),
)
AGREEMENT_ITEMS: tuple[Item, ...] = (
    Item(
        "配送企业选择",
        "distribution:choice_list",
        "list-check",
        permissions=(Permission.QUERY,),
        roles=(Role.INSTITUTION,),
    ),
    Item(
        "三方协议",
        "distribution:agreement_list",
        "file-description",
        permissions=(Permission.QUERY,),
        roles=(*ORGANIZATION_ROLES, *ENTERPRISE_ROLES),
        also=(
            "distribution:agreement_detail",
            "distribution:agreement_sign",
            "distribution:agreement_void",
        ),
    ),
    Item(
        "协议签署进度",
        "distribution:agreement_progress_list",
        "progress",
        permissions=(Permission.QUERY,),
        roles=(Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY),
        also=("distribution:clauses_edit", "distribution:agreement_unit_list"),
    ),
    Item(
        "中选企业账号",
        "distribution:maker_list",
        "user-plus",
        permissions=(Permission.MANAGE_ACCOUNTS,),
        roles=(Role.ALLIANCE,),
    ),
)
