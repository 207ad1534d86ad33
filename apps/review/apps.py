"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class ReviewConfig(AppConfig):
    name = "apps.review"
    verbose_name = "申报与审核"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.accounts.domain.acting.lent import register_finder  # noqa: PLC0415
        from apps.accounts.domain.switching import register_hanging  # noqa: PLC0415
        from apps.audit.domain.proving import register_proof  # noqa: PLC0415
        from apps.audit.domain.streams import register_stream  # noqa: PLC0415
        from apps.exchange.domain.issued import register_standing  # noqa: PLC0415
        from apps.projects.domain.presentation import register_panel  # noqa: PLC0415
        from apps.projects.domain.windows.acts import register_unreported  # noqa: PLC0415
        from apps.review.domain.appeals.matters import register_matter  # noqa: PLC0415
        from apps.review.domain.appeals.own_events import find_event  # noqa: PLC0415
        from apps.review.domain.appeals.standing import STANDING, keep_from_concluding  # noqa: PLC0415
        from apps.review.domain.casefiles.standing import KIND, standing_of  # noqa: PLC0415
        from apps.review.domain.checklist import register_contributor  # noqa: PLC0415
        from apps.review.domain.guards import register_guard  # noqa: PLC0415
        from apps.review.domain.mandates.using import find_lent  # noqa: PLC0415
        from apps.review.domain.participation import (  # noqa: PLC0415
            PARTICIPATION,
            rounds_of,
            unreported_in,
        )
        from apps.review.domain.proving import differences_everywhere  # noqa: PLC0415
        from apps.review.domain.rounds import supplementing  # noqa: F401, PLC0415 - carries out 补报; no page names it
        from apps.review.domain.rounds.correcting import keep_from_restoring  # noqa: PLC0415
        from apps.review.domain.rounds.settling import keep_shut  # noqa: PLC0415
        from apps.review.models import FilingEvent  # noqa: PLC0415
        from apps.review.models.statuses import Action  # noqa: PLC0415
        from apps.review.pages.project_panel import checklist_panel  # noqa: PLC0415

        from . import navigation  # noqa: PLC0415

        register_contributor(PARTICIPATION, position=10)
        register_contributor(STANDING, position=40)
        register_matter("event", find_event)
        register_finder(find_lent)
        register_hanging(rounds_of)
        register_panel(checklist_panel)
        register_unreported(unreported_in)
        register_guard(keep_from_restoring, only=[Action.RESTORE])
        register_guard(keep_shut, only=[Action.SUPPLEMENT])
        register_guard(keep_from_concluding, only=[Action.CONCLUDE])
        register_standing(KIND, standing_of)
        register_stream(FilingEvent, "审核记录")
        register_proof("申报单", differences_everywhere)

        register("demand", navigation.DEMAND_ITEMS, position=20)
        register("allocation", navigation.ITEMS, position=20)
        for subsystem, items in navigation.PROGRESS_ITEMS.items():
            register(subsystem, items, position=30)
