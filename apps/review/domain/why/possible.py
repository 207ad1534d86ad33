"""What is possible now, for pages: derived from the law, pure like it."""

from dataclasses import replace

from apps.review.domain.machine import TRANSITIONS, Party
from apps.review.domain.why.obstacles import by_state, refusal
from apps.review.domain.why.situation import Policies, Situation
from apps.review.models.statuses import Action


def available(
    filing: Situation, policies: Policies, parties: frozenset[Party], *, liftable: bool = False
) -> list[Action]:
    """The actions that someone who stands as these parties to the filing may take now.

    `liftable`: what locks the filing is all below that person, who may return it along with an act that lifts.
    """
    free = replace(filing, branch_frozen=False) if liftable else filing
    return [
        action
        for action, law in TRANSITIONS.items()
        if law.party in parties
        and refusal(action, free if law.act.lifts else filing, policies) is None
    ]


def asking_refusal(filing: Situation, policies: Policies) -> str | None:
    """Why 申请撤回 is refused. It moves nothing: it may be asked for where the tier above could grant it."""
    if filing.withdrawal_asked:
        return "已经申请过撤回，请等待上级处理"
    asked = replace(filing, withdrawal_asked=True)
    found = next(by_state(TRANSITIONS[Action.GRANT], "申请撤回", asked, policies), None)
    return found.clause if found else None
