"""The acts of one filing as buttons: words, effect, form, address; derived from what is offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.projects.models import Project, Withdrawal
from apps.review.domain.acts import FilingAct
from apps.review.domain.effects import confirm, effect, word
from apps.review.domain.guards import objections
from apps.review.domain.locks import Branch
from apps.review.domain.machine import TAKING_BACK, TRANSITIONS, kind_of
from apps.review.domain.offers import Offer, Standing
from apps.review.domain.returns.reasons import recent_reasons
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action, Status
from apps.review.pages.forms import ActForm, checks_sheet


@dataclass(frozen=True, slots=True)
class Button:
    """One act: its dialog has the id `act-<action>`, its page is `url`."""

    action: Action
    act: FilingAct
    url: str
    effect: str
    form: ActForm
    in_place_of: str = ""
    shut: str = ""
    """Why it would be refused now, whatever was filled in."""

    @property
    def label(self) -> str:
        return word(self.action)

    @property
    def confirm(self) -> str:
        return confirm(self.action)

    @property
    def confirms_open(self) -> bool:
        return TRANSITIONS[self.action].confirms_open

    @property
    def is_direct(self) -> bool:
        """Whether it is done by its button, on to the next filing or not: nothing is asked before."""
        return (
            bool(self.act.onward) and not self.form.asks_proof and "reason" not in self.form.fields
        )

    @property
    def dialog(self) -> str:
        return f"act-{self.action.value}"


def buttons_of(
    filing: Filing, standing: Standing, *, package: str = "", queue: str = ""
) -> list[Button]:
    """One statement at most, and one for each act on a package that something published is built on."""
    recent = reasons_for(filing, standing)
    return [
        button_for(filing, offer, standing, package=package, queue=queue, recent=recent)
        for offer in standing.offers
        if _is_button(offer, kind_of(standing.situation))
    ]


def _is_button(offer: Offer, kind: str) -> bool:
    act = TRANSITIONS[offer.action].act
    has_page = offer.stands_in_for is None and kind in act.own_page
    return act.place != "elsewhere" and not has_page


def reasons_for(filing: Filing, standing: Standing) -> Sequence[str]:
    """Those given last, where something can be returned."""
    offered = {TRANSITIONS[offer.action].target for offer in standing.offers}
    return recent_reasons(filing.parent_id) if Status.RETURNED in offered else ()


def button_for(
    filing: Filing,
    offer: Offer,
    standing: Standing,
    *,
    package: str = "",
    queue: str = "",
    recent: Sequence[str] = (),
) -> Button:
    place = offer.stands_in_for.name if offer.stands_in_for else ""
    return Button(
        action=offer.action,
        act=TRANSITIONS[offer.action].act,
        url=act_url(filing, offer.action, queue),
        effect=effect(offer.action, filing.organization.name, package),
        form=ActForm(
            action=offer.action,
            needs_reason=offer.needs_reason,
            version=filing.version,
            deadline=standing.deadline,
            checks_sheet=checks_sheet(filing),
            proves=filing.project.asks_proof,
            is_asked_back=standing.situation.withdrawal_asked,
            recent=recent,
            way=standing.packages if TRANSITIONS[offer.action].act.lifts else (),
            last=standing.last,
        ),
        in_place_of=place,
        shut=shut(filing, offer.action),
    )


def shut(filing: Filing, action: Action) -> str:
    """Of acts that take back what something published is built on; others are refused when they are done."""
    if action not in TAKING_BACK:
        return ""
    return objections(filing.project, [filing], action).get(filing.pk, "")


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
