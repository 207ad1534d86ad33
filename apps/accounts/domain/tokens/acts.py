"""Tokens of an account: made and ended by its owner, ended by whoever manages the account.

Invariant: the secret leaves with the answer to its making and nowhere else.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.grants import grantable_projects
from apps.accounts.domain.password_age import days_left
from apps.accounts.domain.passwords import locked_account, own_account, record_of
from apps.accounts.domain.proofs import require_proof
from apps.accounts.domain.reads import sub_accounts_of, subordinates_of
from apps.accounts.domain.tokens.admitting import digest_of
from apps.accounts.models import Token, User
from apps.accounts.models.roles import Permission

PREFIX = "flt_"
"""How every secret begins: whoever finds one in a file knows what it is."""
HINT = len(PREFIX) + 6
MOST_TOKENS = 20
MOST_DAYS = 366


class TokenRefused(Exception):
    """A token can't be made like this; `str()` is the sentence."""


def live_tokens(account: User) -> QuerySet[Token]:
    """The account's own, the latest first."""
    return Token.objects.filter(account=account).live().order_by("-created_at", "-pk")


def tokens_managed_by(user: User) -> QuerySet[Token]:
    """Live ones of accounts below the unit and of one's sub-accounts: that they are, never what they are."""
    accounts = sub_accounts_of(user)
    if user.has(Permission.RESET_PASSWORDS):
        accounts = accounts | subordinates_of(user).select_related(None)
    rows = Token.objects.live().filter(account__in=accounts.values("pk"))
    return rows.select_related("account__organization", "account__enterprise").order_by(
        "account__path", "account__username", "pk"
    )


def longest_days(account: User) -> int:
    """For how long a token can be made: it never outlives the password."""
    left = days_left(account)
    return MOST_DAYS if left is None else max(left, 1)


@transaction.atomic
def create_token(
    *,
    by: Actor,
    name: str,
    rights: Collection[str],
    project_ids: Collection[int] | None,
    networks: Sequence[str],
    days: int,
) -> tuple[Token, str]:
    """A token and its secret. Raises `TokenRefused`, `ProofMissing`."""
    account = own_account(by)  # locked: two at once are counted
    if by.token:
        raise TokenRefused("令牌不能再生成令牌，请在网页上登录后办理。")
    if not rights or not {Permission(code) for code in rights} <= account.permissions:
        raise TokenRefused("令牌的权限不能超出本账号的权限。")
    if not 1 <= days <= longest_days(account):
        raise TokenRefused(f"有效期最长 {longest_days(account)} 天。")
    _require_room(account, name)
    if project_ids is not None:
        seen = set(grantable_projects().filter(pk__in=project_ids).values_list("pk", flat=True))
        if seen != set(project_ids):
            raise TokenRefused("指定的项目中有的不在本账号的范围内。")
    require_proof(by=by, asked=True)
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    token: Token = Token.objects.create(
        account=account,
        name=name,
        digest=digest_of(secret),
        hint=secret[:HINT],
        rights=sorted(rights),
        project_ids=None if project_ids is None else sorted(project_ids),
        networks=list(networks),
        created_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=days),
    )
    said = f"生成了接口令牌“{name}”，权限：{token.rights_in_words}，有效 {days} 天。"
    record_of(by, account, "生成接口令牌", said)
    return token, secret


def _require_room(account: User, name: str) -> None:
    """Raises `TokenRefused`. One that has only expired gives its name free."""
    own = Token.objects.filter(account=account, ended_at__isnull=True)
    own.filter(expires_at__lte=timezone.now()).update(ended_at=timezone.now(), ended_by="到期")
    names = list(own.values_list("name", flat=True))
    if name in names:
        raise TokenRefused(f"已有名为“{name}”的令牌，请换一个名称，或先终止它。")
    if len(names) >= MOST_TOKENS:
        raise TokenRefused(f"一个账号最多 {MOST_TOKENS} 个令牌，请先终止不用的。")


@transaction.atomic
def end_own_token(*, by: Actor, token_id: int) -> bool:
    """终止 of one of the person's own; whether it was live."""
    account = own_account(by)
    return _end(Token.objects.filter(account=account), by, account, token_id)


@transaction.atomic
def end_token_below(*, by: Actor, token_id: int) -> bool:
    """The same by who manages its account; whether it was live.

    Raises `Token.DoesNotExist` outside the scope, `NotBelow`, `RightMissing`, `BeyondReach`.
    """
    token: Token = Token.objects.get(pk=token_id)
    account = locked_account(by, token.account_id)
    return _end(Token.objects.filter(account=account), by, account, token_id)


def _end(rows: QuerySet[Token], by: Actor, account: User, token_id: int) -> bool:
    token = rows.filter(pk=token_id, ended_at__isnull=True).first()
    if token is None:
        return False
    token.ended_at, token.ended_by = timezone.now(), by.name
    token.save(update_fields=["ended_at", "ended_by"])
    record_of(
        by, account, "终止接口令牌", f"终止了账号 {account.username} 的接口令牌“{token.name}”。"
    )
    return True
