"""The small interface behind which every protocol stands: where the browser goes, and who came back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from apps.accounts.domain.sign_on import cas, oauth2, oidc
from apps.accounts.domain.sign_on.told import Answer, Flow, SignOnRefused, Told
from apps.accounts.models.provider import Protocol, Provider


@dataclass(frozen=True, slots=True)
class Way:
    """How a protocol sends somebody away and takes them back; both raise `SignOnRefused`."""

    door: Callable[[Provider, Flow], str]
    told: Callable[[Provider, Flow, Answer], Told]


WAYS: Mapping[str, Way] = {
    Protocol.OIDC: Way(oidc.door, oidc.told),
    Protocol.OAUTH2: Way(oauth2.door, oauth2.told),
    Protocol.CAS: Way(cas.door, cas.told),
}


def door_of(provider: Provider, flow: Flow) -> str:
    return WAYS[provider.protocol].door(provider, flow)


def way_out(provider: Provider, back: str) -> str:
    """Where the browser leaves the service too; "" where there is no such place, or nobody answers now."""
    if provider.protocol != Protocol.OIDC:
        return ""
    try:
        return oidc.way_out(provider, back)
    except SignOnRefused:
        return ""


def told_by(provider: Provider, flow: Flow, answer: Answer) -> Told:
    return WAYS[provider.protocol].told(provider, flow, answer)
