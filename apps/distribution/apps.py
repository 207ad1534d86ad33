"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class DistributionConfig(AppConfig):
    name = "apps.distribution"
    verbose_name = "配送"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.accounts.domain.issue_targets import Target, register_target  # noqa: PLC0415
        from apps.accounts.domain.switching import register_follower, register_hanging  # noqa: PLC0415
        from apps.accounts.models import SheetKind  # noqa: PLC0415
        from apps.allocation.domain.stops.followers import register_follower as register_stop  # noqa: PLC0415
        from apps.audit.domain.proving import register_proof  # noqa: PLC0415
        from apps.audit.domain.streams import register_stream  # noqa: PLC0415
        from apps.distribution import navigation, relation_navigation  # noqa: PLC0415
        from apps.distribution.domain.agreements import affected, check_codes  # noqa: PLC0415
        from apps.distribution.domain.agreements.drawing import made_of  # noqa: PLC0415
        from apps.distribution.domain.checklist import DELIVERY  # noqa: PLC0415
        from apps.distribution.domain.distributors.issuing import new_accounts, note_issued  # noqa: PLC0415
        from apps.distribution.domain.hanging import hanging_on  # noqa: PLC0415
        from apps.distribution.domain.relations.dependents import Dependents  # noqa: PLC0415
        from apps.distribution.domain.relations.dependents import register as register_dependents  # noqa: PLC0415
        from apps.distribution.domain.relations.proving import differences  # noqa: PLC0415
        from apps.distribution.domain.relations.switch_messages import tell_switched  # noqa: PLC0415
        from apps.distribution.files import agreement_workbooks, progress_workbook  # noqa: F401, PLC0415
        from apps.distribution.models import RelationEvent  # noqa: PLC0415
        from apps.exchange.domain.issued import register_standing  # noqa: PLC0415
        from apps.review.domain.checklist import register_contributor  # noqa: PLC0415
        from apps.review.domain.rounds.undoing import register_use  # noqa: PLC0415

        register_stream(RelationEvent, "配送关系记录")
        register_proof("配送关系", differences)
        register_dependents(Dependents("agreements", affected.bound, affected.on_void))
        register_stop(affected.on_stop)
        register_contributor(DELIVERY, position=40)
        register_use(made_of)
        register_standing(check_codes.KIND, check_codes.standing_of)
        register_follower(tell_switched)
        register_hanging(hanging_on)
        register_target(SheetKind.DISTRIBUTORS, Target(new_accounts, note_issued))
        register("distribution", navigation.PROVINCE_ITEMS, position=10)
        register("distribution", relation_navigation.RELATION_ITEMS, position=30)
        register("distribution", navigation.AGREEMENT_ITEMS, position=40)
        register("distribution", navigation.AREA_ITEMS, position=60)
