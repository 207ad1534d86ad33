"""Who acts: a person, in whose name, and for whom if an upper tier acts on a lower one's behalf (上级代办)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.organizations.models import Organization

LONGEST_NAME = 150
"""Characters, of who is named in the log and in events."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The author of an act. `user` is `None` for the system; `organization` is `None` for enterprises.

    `arrived_at` is when the person's request arrived: what came before the end of a window counts, however long it
    waited for a lock. Commands and jobs have none and are judged by the clock.
    `proved`: a password or a code came with the request and was right (`proofs`).
    `token`: the name of the token by which a program acts for the person; it stands in everything that is recorded.
    `token_id`: which one that is.
    `mandate`: by which the person fills in for `organization`, another unit (代填授权); `home` is the person's own.
    """

    user: User | None
    organization: Organization | None
    on_behalf_of: Organization | None = None
    reason: str = ""
    arrived_at: datetime | None = None
    proved: bool = False
    token: str = ""
    token_id: int | None = None
    mandate: int | None = None
    home: Organization | None = None

    @classmethod
    def of(
        cls,
        user: User,
        *,
        arrived_at: datetime | None = None,
        token: str = "",
        token_id: int | None = None,
    ) -> "Actor":
        at, by = arrived_at, token
        return cls(user, user.organization, arrived_at=at, token=by, token_id=token_id)

    @classmethod
    def system(cls) -> "Actor":
        return cls(user=None, organization=None)

    def acting_for(self, organization: Organization, *, reason: str) -> "Actor":
        """The same person, acting in place of a lower unit; the reason is part of the record."""
        return replace(self, on_behalf_of=organization, reason=reason)

    @property
    def own_unit(self) -> Organization | None:
        """Whose person it is: what records name beside the person."""
        return self.home or self.organization

    @property
    def in_place_of(self) -> Organization | None:
        """In whose place it is done, where that is another unit than the person's own: what records name as 代为."""
        return self.on_behalf_of or (self.organization if self.home else None)

    @property
    def path(self) -> str:
        """Where the person's own unit stands; empty for enterprises and the system."""
        return self.organization.path if self.organization else ""

    @property
    def moment(self) -> datetime:
        """By which every write is judged."""
        return self.arrived_at or timezone.now()

    def may(self, permission: Permission | str) -> bool:
        """Whether the person's account holds the right: what every service asks, whatever its view asked before.

        The system, which only commands and jobs of nobody act as, holds every right; administrators hold none.
        """
        if self.user is None:
            return self.organization is None
        return self.user.has(Permission(permission))

    @property
    def name(self) -> str:
        if self.user is None:
            return "系统"
        by = f"（接口令牌：{self.token}）" if self.token else ""
        by += f"（{self.user.home}）" if self.user.home else ""
        return f"{str(self.user)[: LONGEST_NAME - len(by)]}{by}"
