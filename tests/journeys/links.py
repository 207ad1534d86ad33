"""How people come to a round, and to what was written down of it: by links, from the first page."""

import re

from playwright.sync_api import expect

from apps.projects.models import Project
from tests.journeys.visitor import Visitor

GAP = re.compile(r"None|[{}<>_]|object at|（）|：；|：$|，$|；$")
"""What a sentence looks like that lacks a word."""


def project_page(person: Visitor, project: Project) -> Visitor:
    """联采办: by 项目列表 of the rail."""
    person.open("/").go("项目列表")
    return person.follow(person.page.get_by_role("link", name=project.name, exact=True)).look()


def desk(person: Visitor, project: Project) -> Visitor:
    """Who reviews or fills in: by 最近的项目 of the first page."""
    person.open("/")
    recent = person.page.locator(".brief-list").get_by_role("link", name=project.name)
    return person.follow(recent.first).look()


def message(person: Visitor, title: str) -> Visitor:
    """The message of that title, read."""
    person.open("/").go("消息")
    return person.follow(person.page.get_by_role("link", name=title).first).look()


def told_once(person: Visitor, verb: str, *parts: str) -> Visitor:
    """操作日志 has one line of this act and no more, which says these parts without a gap."""
    person.open("/").go("操作日志")
    act = person.page.locator("td[data-label=操作]", has_text=re.compile(rf"^\s*{verb}(?![一-龥])"))
    line = person.page.locator("tbody tr").filter(has=act)
    expect(line).to_have_count(1)
    sentence = line.locator("[data-label=内容]")
    for part in parts:
        expect(sentence).to_contain_text(part)
    assert GAP.search(sentence.inner_text().strip()) is None, sentence.inner_text()
    return person
