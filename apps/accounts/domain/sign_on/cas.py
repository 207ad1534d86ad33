"""CAS 3.0: a ticket that the service's server exchanges for a name, and its single logout.

The state goes along in the address of return, to which the ticket is bound; so a ticket is good for one browser alone.
"""

from collections.abc import Iterator
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from apps.accounts.domain.sign_on.fetching import Asking
from apps.accounts.domain.sign_on.told import Answer, Flow, SignOnRefused, Told, digest_of
from apps.accounts.models.provider import Provider

CAS = "{http://www.yale.edu/tp/cas}"
SESSION_INDEX = "{urn:oasis:names:tc:SAML:2.0:protocol}SessionIndex"
LONGEST_LOGOUT = 8 * 1024


def door(provider: Provider, flow: Flow) -> str:
    """Where the browser is sent."""
    return f"{provider.address.rstrip('/')}/login?{urlencode({'service': _service(flow)})}"


def told(provider: Provider, flow: Flow, answer: Answer) -> Told:
    """Who came back, by what the server says of the ticket. Raises `SignOnRefused`."""
    ticket = answer.get("ticket", "")
    if not ticket:
        raise SignOnRefused("对方没有同意登录，或者本人取消了登录")
    asked = urlencode({"service": _service(flow), "ticket": ticket})
    response = Asking(provider).get(
        f"{provider.address.rstrip('/')}/p3/serviceValidate?{asked}", withhold_token=True
    )
    success = _parsed(response.text if response.ok else "").find(f"{CAS}authenticationSuccess")
    if success is None:
        raise SignOnRefused("登录凭据已经用过、已过期，或不是发给本平台的")
    return Told.by(provider, dict(_claims(success)), ticket)


def ended(logout_request: str) -> str:
    """The digest of the session that ended. Nothing is signed: who knows the ticket is who issued it."""
    index = _parsed(logout_request[:LONGEST_LOGOUT]).findtext(SESSION_INDEX, "").strip()
    if not index:
        raise SignOnRefused("退出通知不完整")
    return digest_of(index)


def _service(flow: Flow) -> str:
    return f"{flow.callback}?{urlencode({'state': flow.state})}"


def _claims(success: ET.Element) -> Iterator[tuple[str, str | list[str]]]:
    """`user`, and the attributes by their names; a list where there are several of a name."""
    found: dict[str, list[str]] = {}
    for element in success.findall(f"{CAS}attributes/*"):
        found.setdefault(element.tag.rpartition("}")[2], []).append((element.text or "").strip())
    yield from ((name, many[0] if len(many) == 1 else many) for name, many in found.items())
    yield "user", success.findtext(f"{CAS}user", "").strip()


def _parsed(text: str) -> ET.Element:
    """XML without a document type: nothing in it can grow or lead elsewhere."""
    if "<!" in text:
        raise SignOnRefused("对方的答复含有不允许的内容")
    try:
        return ET.fromstring(text)  # noqa: S314 - no entities, and no longer than an answer may be
    except ET.ParseError as error:
        raise SignOnRefused("对方的答复不是 XML") from error
