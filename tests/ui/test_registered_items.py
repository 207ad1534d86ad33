from apps.ui import navigation
from apps.ui.icons import known_icons


def test_every_registered_item_leads_somewhere():
    assert navigation.check_items() == []


def test_every_registered_icon_is_in_the_sprite():
    items = [item for subsystem in navigation.SUBSYSTEMS.values() for item in subsystem]
    icons = {subsystem.icon for subsystem in navigation.SUBSYSTEMS.values()}

    assert {item.icon for item in items} | icons <= known_icons()
