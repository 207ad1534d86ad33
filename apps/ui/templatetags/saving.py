"""Components that keep what is typed and what is saved apart; a builtin library, nothing to load.

{% form_head form=form %}      first in a form: the version of what it shows, and its errors
{% shown_version form=form %}  the version alone, for one of several forms in a table
{% drafts_taken %}             attribute of the page's body: the drafts that the server has taken since the last page
{% shut_button label="延期" icon="calendar-time" reason="只有已发布的项目可以延期" %}   what can't be done now, and why
{% round_picker %}             the name of the page's project, and what leads to the others
{% topbar_who %}               who is here, for whom, the bell, and the way out
{% round_banner %}             what the project of the page says at its head, such as that its time was extended
"""

from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.ui import form_fields
from apps.ui.context import badge
from apps.ui.navigation import address_of
from apps.ui.pages import drafts
from apps.ui.patterns import part

CHOOSE, HERE = "portal:round_list", "projects:project_detail"
NOTICES, ACCOUNT = "notices:notice_list", "accounts:account_security"
TAIL = 6
"""Signs at the end of a name that are never left out."""
register = template.Library()


@register.inclusion_tag("ui/_form_head.html")
def form_head(*, form: forms.BaseForm) -> dict[str, Any]:
    return {
        "version": shown_version(form=form),
        "general": form.non_field_errors(),
        "fields": form_fields.with_errors(form),
    }


@register.simple_tag
def shown_version(*, form: Any) -> SafeString:
    version = getattr(form, "version", "")
    if not version:
        return SafeString("")
    return format_html('<input type="hidden" name="{}" value="{}">', form.version_name, version)


@register.simple_tag(takes_context=True)
def drafts_taken(context: Context) -> SafeString:
    names = drafts.told(context.get("request"))
    return format_html('data-drafts-taken="{}"', " ".join(names)) if names else SafeString("")


@register.inclusion_tag("ui/_shut_button.html")
def shut_button(*, label: str, reason: str, icon: str = "") -> dict[str, str]:
    """In place of a button that would open a form that can't be sent."""
    return {"label": label, "reason": reason, "icon": icon}


@register.simple_tag(takes_context=True)
def topbar_who(context: Context) -> SafeString:
    """Of somebody signed in."""
    frame, unread = context["frame"], int(str(context.get("unread_notices") or 0))
    shown = {
        "role": frame.role,
        "belongs_to": frame.belongs_to,
        "acts_for": frame.acts_for,
        "stands_for": frame.user.home,
        "own_home": frame.own_home,
        "notices": address_of(NOTICES),
        "unread": badge(unread) if unread else "",
        "account": address_of(ACCOUNT),
        "person": frame.person,
        "logout": frame.logout_url,
        "csrf_token": context.get("csrf_token", ""),
    }
    return part("ui/_who.html", shown)


@register.simple_tag(takes_context=True)
def round_banner(context: Context) -> SafeString:
    """What the round of the page says at its head; nothing on pages of no round. Costs no statement."""
    return part("ui/_round_banner.html", {"banner": getattr(context.get("project"), "banner", "")})


@register.simple_tag(takes_context=True)
def round_picker(context: Context) -> SafeString:
    """The round of the page in the top bar; nothing on pages of no round. Costs no statement.

    Rounds of one season begin alike: of a name without room the middle is left out, not the end.
    """
    project, request = context.get("project"), context.get("request")
    code, name = getattr(project, "code", ""), getattr(project, "name", "")
    if not code or request is None or not getattr(project, "pk", None):
        return SafeString("")
    of = urlencode({"of": request.get_full_path()})
    shown = {
        "url": reverse(HERE, args=[code]),
        "name": name,
        "head": name[:-TAIL],
        "tail": name[-TAIL:],
        "choose_url": f"{address_of(CHOOSE)}?{of}",
    }
    return part("ui/_round_picker.html", shown)
