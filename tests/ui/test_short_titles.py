"""The folded rail says in a word where each icon leads."""

from collections import defaultdict

from apps.ui.navigation import SUBSYSTEMS
from apps.ui.short_titles import LONGEST, SHORT, short_title


def titles() -> set[str]:
    return {item.title for subsystem in SUBSYSTEMS.values() for item in subsystem}


def test_every_page_of_the_rail_has_a_short_name() -> None:
    assert {title for title in titles() if len(short_title(title)) > LONGEST} == set()


def test_no_short_name_is_left_over() -> None:
    assert SHORT.keys() <= {title.partition("（")[0] for title in titles()}


def test_nobody_sees_one_name_twice_in_a_subsystem() -> None:
    for subsystem in SUBSYSTEMS.values():
        seen = defaultdict(list)
        for item in subsystem:
            for role in item.roles or ("",):
                seen[role, short_title(item.title)].append(item.title)
        assert [found for found in seen.values() if len(found) > 1] == []
