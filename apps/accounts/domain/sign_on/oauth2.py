"""Plain OAuth 2 with an address that says who somebody is, as provincial portals have it.

Nothing is signed here: who somebody is rests on the encrypted way to the two addresses of the service alone.
"""

from apps.accounts.domain.sign_on.oidc import client, exchanged
from apps.accounts.domain.sign_on.told import Answer, Flow, Told
from apps.accounts.models.provider import Provider


def door(provider: Provider, flow: Flow) -> str:
    """Where the browser is sent. PKCE goes along: who doesn't know it ignores it."""
    asking = client(provider, redirect_uri=flow.callback, scope=provider.scopes or None)
    url, _ = asking.create_authorization_url(
        provider.address, state=flow.state, code_verifier=flow.verifier
    )
    return str(url)


def told(provider: Provider, flow: Flow, answer: Answer) -> Told:
    """Who came back, by what the address says. Raises `SignOnRefused`."""
    asking = client(provider, redirect_uri=flow.callback)
    tokens = exchanged(asking, provider.token_address, flow, answer)
    tokens.setdefault("token_type", "Bearer")  # several portals leave it out
    return Told.by(provider, client(provider, token=tokens).read(provider.person_address))
