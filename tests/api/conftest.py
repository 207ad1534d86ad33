"""Programs: clients that come with a token of somebody's."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import create_token
from apps.accounts.models import User
from apps.scope.context import enter

ProgramOf = Callable[..., "Program"]


class Program(Client):
    """A client with a token; JSON goes out and comes back."""

    def __init__(self, secret: str, **defaults: Any) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"}, **defaults)
        self.secret = secret

    def ask(self, address: str, **query: Any) -> Any:
        """The answer of a GET that has to succeed."""
        response = self.get(f"/api/v1/{address}", query)
        assert response.status_code == 200, response.content.decode()
        return response.json()

    def send(self, address: str, body: Any = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.post(f"/api/v1/{address}", body, content_type="application/json", headers=named)


@pytest.fixture
def program_of() -> ProgramOf:
    """`program_of(clerk, rights=["query"])`: all of the account's rights if none are named."""

    def made(person: User, **wanted: Any) -> Program:
        told = {
            "name": "HIS",
            "rights": sorted(person.permissions),
            "project_ids": None,
            "networks": [],
            "days": 30,
        } | wanted
        by = replace(Actor.of(person), proved=True)
        with enter(scope_of(person)):
            _token, secret = create_token(by=by, **told)
        return Program(secret)

    return made
