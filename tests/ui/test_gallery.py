import pytest

from tests.browser import serious

PAGES = ["/gallery/", "/gallery/list/", "/gallery/list/?rows=0", "/gallery/entry/"]
SCREENS = [(1024, 768), (1440, 900), (390, 844)]


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


@pytest.mark.urls("tests.ui.urls")
@pytest.mark.parametrize("path", PAGES)
def test_gallery_is_drawn_in_debug_only(client, db, settings, path):
    assert client.get(path).status_code == 404

    settings.DEBUG = True
    response = client.get(path)

    assert response.status_code == 200
    assert len(response.content) < 100_000


@pytest.mark.browser
@pytest.mark.urls("tests.ui.urls")
@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_every_screen_and_are_accessible(page, debug, path):
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path)

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert serious(page) == []


@pytest.mark.browser
@pytest.mark.urls("tests.ui.urls")
def test_the_frame_of_a_list_leaves_rows_and_pager_on_the_smallest_screen(page, debug):
    page.goto("/gallery/list/")

    rows = page.locator(".data-table tbody tr")
    seen = [row for row in rows.all()[:8] if row.bounding_box()["y"] < 700]
    pager = page.locator(".pager").bounding_box()

    assert len(seen) == 8
    assert pager["y"] + pager["height"] <= 768
