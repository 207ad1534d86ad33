"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class DistributionConfig(AppConfig):
    name = "apps.distribution"
    verbose_name = "配送"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.accounts.issue_targets import Target, register_target  # noqa: PLC0415
        from apps.accounts.models import SheetKind  # noqa: PLC0415
        from apps.accounts.switching import register_follower  # noqa: PLC0415
        from apps.review.checklist import register_contributor  # noqa: PLC0415

        from . import agreement_workbooks, navigation, relation_navigation  # noqa: F401, PLC0415
        from .checklist import DELIVERY  # noqa: PLC0415
        from .relations.dependents import Dependents  # noqa: PLC0415
        from .relations.dependents import register as register_dependents  # noqa: PLC0415
        from .relations.switch_letters import tell_switched  # noqa: PLC0415
        from .services import signing  # noqa: PLC0415
        from .services.issuing import new_accounts, note_issued  # noqa: PLC0415

        register_dependents(Dependents("agreements", signing.bound, signing.on_void))
        register_contributor(DELIVERY, position=40)
        register_follower(tell_switched)
        register_target(SheetKind.DISTRIBUTORS, Target(new_accounts, note_issued))
        register("distribution", navigation.PROVINCE_ITEMS, position=10)
        register("distribution", relation_navigation.RELATION_ITEMS, position=30)
        register("distribution", navigation.AGREEMENT_ITEMS, position=40)
        register("distribution", navigation.AREA_ITEMS, position=60)
