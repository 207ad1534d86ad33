"""What lets somebody in as this account (sessions, bindings, tokens): tables of one shape, each row with its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from apps.accounts.models import Identity, Session, Token
from apps.ui import formats


@dataclass(frozen=True, slots=True)
class OwnRow:
    """`end` is the address that ends it; empty for what one is here by."""

    name: str
    cells: tuple[tuple[str, str], ...]
    end: str


@dataclass(frozen=True, slots=True)
class OwnTable:
    """`act` is the word of its button, `here` what stands in its place where there is none."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[OwnRow, ...]
    act: str
    icon: str = "x"
    here: str = ""

    @classmethod
    def of(
        cls,
        title: str,
        heads: Sequence[str],
        told: Iterable[tuple[Sequence[str], str]],
        **words: str,
    ) -> "OwnTable":
        """`told`: what stands in each row under these heads, and its end."""
        rows = (
            OwnRow(name, tuple(zip(heads[1:], cells, strict=True)), end)
            for (name, *cells), end in told
        )
        return cls(title, tuple(heads), tuple(rows), **words)


def session_table(sessions: Iterable[Session], own_key: str | None) -> OwnTable:
    heads = ("浏览器", "登录地址", "登录时间", "最近操作时间")
    told = (
        (
            (
                each.browser or "未知浏览器",
                each.address or formats.NOTHING,
                formats.moment(each.signed_in_at),
                formats.moment(each.last_seen_at),
            ),
            ""
            if each.session_key == own_key
            else reverse("accounts:session_end", args=[each.handle]),
        )
        for each in sessions
    )
    return OwnTable.of("正在使用的登录", heads, told, act="退出", icon="logout", here="本次登录")


def identity_table(identities: Iterable[Identity]) -> OwnTable:
    heads = ("登录服务", "对方用户标识", "绑定时间", "最近登录")
    told = (
        (
            (
                each.provider.name,
                each.subject,
                formats.moment(each.bound_at),
                formats.moment(each.last_used_at),
            ),
            reverse("accounts:identity_end", args=[each.pk]),
        )
        for each in identities
    )
    return OwnTable.of("外部登录", heads, told, act="解除")


def token_table(tokens: Iterable[Token]) -> OwnTable:
    heads = ("名称", "开头", "权限", "项目", "允许的地址", "到期时间", "最近使用")
    told = (
        (
            (
                each.name,
                f"{each.hint}…",
                each.rights_in_words,
                "全部" if each.project_ids is None else f"{len(each.project_ids)} 个指定项目",
                "、".join(each.networks) or "不限",
                formats.moment(each.expires_at),
                _used(each),
            ),
            reverse("accounts:token_end", args=[each.pk]),
        )
        for each in tokens
    )
    return OwnTable.of("接口令牌", heads, told, act="终止")


def _used(token: Token) -> str:
    if token.last_used_at is None:
        return "未使用"
    return f"{formats.moment(token.last_used_at)} {token.last_address or ''}".strip()
