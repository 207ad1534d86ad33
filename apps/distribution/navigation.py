"""What the rail shows of delivery."""

from apps.ui.navigation import Item

PROVINCE_ITEMS: tuple[Item, ...] = ()
DISTRIBUTOR_ITEMS: tuple[Item, ...] = ()
