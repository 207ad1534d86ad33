"""On the smallest screen a cell of a list is shown whole or not at all, wherever the list is scrolled to."""

import pytest

from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.journeys.alliance import CODE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SMALLEST = {"width": 1024, "height": 768}
CUT = """() => {
  const cut = [];
  for (const scroll of document.querySelectorAll(".table-scroll")) {
    let left = scroll.getBoundingClientRect().left, right = left + scroll.clientWidth;
    const first = scroll.querySelector("tbody tr");
    for (const cell of first?.cells ?? []) {
      const style = getComputedStyle(cell), box = cell.getBoundingClientRect();
      if (style.position !== "sticky") continue;
      if (style.right !== "auto") right = Math.min(right, box.left);
      else if (style.left !== "auto") left = Math.max(left, box.right);
    }
    for (const cell of scroll.querySelectorAll("tbody td, tbody th")) {
      const style = getComputedStyle(cell);
      if (style.position === "sticky" || style.color === "rgba(0, 0, 0, 0)") continue;
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
      while (texts.nextNode()) {
        if (texts.currentNode.parentElement.closest(".visually-hidden")) continue;
        range.selectNodeContents(texts.currentNode);
        const text = range.getBoundingClientRect();
        const apart = text.right <= left + 1 || text.left >= right - 1;
        if (text.width && !apart && (text.right > right + 1 || text.left < left - 1)) cut.push(cell.innerText);
      }
    }
  }
  return cut;
}"""
# The script marks cells in the frame after a scroll.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
SCROLL = "to => document.querySelectorAll('.table-scroll').forEach(e => { e.scrollLeft = to; })"


@pytest.fixture
def published(tree, alliance_officer):
    hospital = tree["H42010600001"]
    project = make.allocation_project([hospital], code=CODE)
    make.worked_products(project)
    make.volume(project, hospital, make.UNSELECTED, 12_503)
    make.volume(project, hospital, "C", 8_003)
    make.published(project, alliance_officer)
    return project


def test_no_cell_is_cut_at_any_place(enter, published, hospital_clerk):
    clerk = enter("whole").sign_in(hospital_clerk)
    clerk.page.set_viewport_size(SMALLEST)

    seen = {}
    for page in ("selected", "supply", "pending"):
        clerk.open(f"/allocation/{CODE}/{page}/")
        clerk.page.wait_for_selector(".table-scroll[data-watched]")
        for place in (0, 37, 90, 181, 10_000):
            clerk.page.evaluate(SCROLL, place)
            clerk.page.evaluate(DRAWN)
            seen[page, place] = clerk.page.evaluate(CUT)
        clerk.page.evaluate(SCROLL, 0)
        clerk.look()

    assert {where: cells for where, cells in seen.items() if cells} == {}
    assert clerk.page.locator("[data-watched]").count()


LONG = "湖北省武汉市武昌区中南路街道社区卫生服务中心（武汉大学中南医院第三住院部）暨省级慢病管理示范基地"
HEADINGS = """() => [...document.querySelectorAll("tbody .col-heading")].map((cell) => {
  const range = document.createRange(), box = cell.getBoundingClientRect();
  range.selectNodeContents(cell);
  const text = range.getBoundingClientRect();
  return [cell.innerText.trim(), text.right <= box.right + 1 && text.bottom <= box.bottom + 1];
})"""


def test_a_name_longer_than_its_column_is_read_whole(enter, tree, province_officer):
    with whole_country(reason="test"):
        Organization.objects.filter(tier="institution").update(name=LONG)
        Organization.objects.filter(pk=province_officer.organization_id).update(name=LONG)
    officer = enter("long").sign_in(province_officer)
    officer.page.set_viewport_size(SMALLEST)
    officer.open("/organizations/")
    officer.look()

    shown = officer.page.evaluate(HEADINGS)

    assert any(text.startswith(LONG) for text, _ in shown)
    assert {text for text, is_whole in shown if not is_whole} == set()
    cut = officer.page.locator(".topbar-home")
    cut.hover()
    assert LONG in cut.get_attribute("title")
