"""The subset of Tabler draws every component as the whole of it does."""

import pytest
from django.conf import settings as product

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WHOLE = product.BASE_DIR / "static" / "vendor" / "tabler-core-1.0.0" / "tabler.min.css"
SIZES = "^--|size$|origin$|^(width|height|inset|top|left|right|bottom|perspective)"
"""Of properties that follow from what stands in an element, such as a time."""
LOOKS = """(sizes) => [...document.querySelectorAll("body, body *")].map((element) => {
    for (const each of element.getAnimations()) each.finish();
    const look = getComputedStyle(element);
    const names = [...look].filter((name) => !new RegExp(sizes).test(name));
    const told = names.map((name) => `${name}: ${look.getPropertyValue(name)}`);
    return [element.tagName, element.className.toString(), ...told];
})"""


@pytest.mark.urls("tests.ui.urls")
@pytest.mark.parametrize("path", ["/gallery/", "/gallery/list/", "/gallery/entry/"])
def test_the_gallery_looks_the_same(page, settings, path):
    settings.DEBUG = True
    page.goto(path)
    subset = page.evaluate(LOOKS, SIZES)

    page.route("**/tabler/tabler.css", lambda route: route.fulfill(path=str(WHOLE)))
    page.goto(path)

    whole = page.evaluate(LOOKS, SIZES)
    assert len(whole) == len(subset) > 100
    differing = [
        (one[:2], set(one) ^ set(other))
        for one, other in zip(whole, subset, strict=True)
        if one != other
    ]
    assert differing == []
