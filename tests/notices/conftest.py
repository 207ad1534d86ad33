"""Notices by Hubei, its city and the alliance."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.notices.models import Notice, NoticeKind
from apps.notices.services import Content, create_notice
from apps.scope.context import whole_country

Publish = Callable[..., Notice]


@pytest.fixture
def publish() -> Publish:
    """`publish(person, "标题", audience=[…])`: a notice of the person's unit, in force unless `draft`."""

    def published(
        author: User,
        title: str,
        *,
        kind: str = NoticeKind.NOTICE,
        body: str = "正文",
        draft: bool = False,
        files: tuple[Any, ...] = (),
        **content: Any,
    ) -> Notice:
        with whole_country(reason="test"):
            return create_notice(
                by=Actor.of(author),
                content=Content(kind=kind, title=title, body=body, **content),
                files=files,
                publish=not draft,
            )

    return published
