"""What the rail shows of delivery."""

from apps.accounts.roles import Permission, Role
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
