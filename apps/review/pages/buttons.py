"""The acts of one filing as buttons: words, effect, form, address; derived from what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.projects.models import Project, Withdrawal
from apps.review.domain.effects import FINAL, ICONS, effect, word
from apps.review.domain.locks import Branch
from apps.review.domain.offers import Offer, Standing
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action
from apps.review.pages.forms import ActForm, checks_sheet

HERE = (Action.APPROVE, Action.RETURN)
"""Drawn by themselves at the head of the page; the others stand behind them."""

ELSEWHERE = frozenset({Action.CONCLUDE, Action.SUBSTITUTE, Action.GRANT})
"""Acts with pages of their own: a withdrawal request is answered, granted or not, where its reason stands.

So have 上报 and 提交 in the own name, and an institution's 撤回, which stands beside its 上报.
"""


@dataclass(frozen=True, slots=True)
class Button:
    """One act: its dialog has the id `act-<action>`, its page is `url`."""

    action: Action
    label: str
    icon: str
    url: str
    effect: str
    form: ActForm
    tone: str
    in_place_of: str = ""

    @property
    def confirm(self) -> str:
        """What confirms it: 退回修改 is completed by 确定 (S0-21)."""
        return "确定" if self.action == Action.RETURN else self.label

    @property
    def dialog(self) -> str:
        return f"act-{self.action.value}"


def buttons_of(
    filing: Filing, standing: Standing, *, package: str = "", queue: str = ""
) -> list[Button]:
    own_elsewhere = {Action.SUBMIT, Action.WITHDRAW} if filing.is_institution else {Action.SUBMIT}
    return [
        button_for(filing, offer, standing, package=package, queue=queue)
        for offer in standing.offers
        if offer.action not in ELSEWHERE
        and not (offer.action in own_elsewhere and offer.stands_in_for is None)
    ]


def button_for(
    filing: Filing, offer: Offer, standing: Standing, *, package: str = "", queue: str = ""
) -> Button:
    place = offer.stands_in_for.name if offer.stands_in_for else ""
    return Button(
        action=offer.action,
        label=word(offer.action),
        icon=ICONS[offer.action],
        url=act_url(filing, offer.action, queue),
        effect=effect(offer.action, filing.organization.name, package),
        form=ActForm(
            action=offer.action,
            needs_reason=offer.needs_reason,
            version=filing.version,
            deadline=standing.deadline,
            checks_sheet=checks_sheet(filing),
        ),
        tone="danger" if offer.action in FINAL else "primary",
        in_place_of=place,
    )


def act_url(filing: Filing, action: Action, queue: str = "") -> str:
    url = reverse("review:filing_act", args=[filing.project.code, filing.pk, action.value])
    return f"{url}?{urlencode({'queue': queue})}" if queue else url


def asking_url(project: Project, filing: Filing, branch: Branch, by: Actor) -> str:
    """Where the filer asks to withdraw what the tier above still holds (S3-27); empty without the policy."""
    policy = project.institution_withdrawal if filing.is_institution else project.bureau_withdrawal
    is_own = by.organization is not None and by.organization.pk == filing.organization_id
    held = filing.state in FROZEN and not branch.is_frozen(filing)
    if policy != Withdrawal.ON_REQUEST or not (is_own and held and by.may(Permission.REPORT)):
        return ""
    return reverse("review:withdrawal_ask", args=[project.code])


def detail_url(filing_id: int, code: str, queue: str = "") -> str:
    url = reverse("review:filing_detail", args=[code, filing_id])
    return f"{url}?{urlencode({'queue': queue})}" if queue else url


def in_words(figures: Sequence[tuple[str, str]]) -> str:
    """`协议明细 120 条、合同金额 ¥ 1,204.00`, breaking between figures only."""
    return "、".join(f"{label} {value}".replace(" ", "\u00a0") for label, value in figures)
