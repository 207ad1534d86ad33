"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class AllocationConfig(AppConfig):
    name = "apps.allocation"
    verbose_name = "分量"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.allocation.domain import appeals  # noqa: PLC0415
        from apps.allocation.domain.checklist import ALLOCATION  # noqa: PLC0415
        from apps.allocation.domain.generation.sources import made_of, uses_of  # noqa: PLC0415
        from apps.allocation.domain.stops.confirming import keep_from_returning  # noqa: PLC0415
        from apps.projects.models import ProjectKind  # noqa: PLC0415
        from apps.review.domain.appeals.matters import register_matter  # noqa: PLC0415
        from apps.review.domain.checklist import register_contributor  # noqa: PLC0415
        from apps.review.domain.guards import register_guard  # noqa: PLC0415
        from apps.review.domain.kinds import register_kind  # noqa: PLC0415
        from apps.review.domain.rounds import undoing  # noqa: PLC0415
        from apps.review.models.statuses import Action  # noqa: PLC0415
        from apps.volumes.domain.agreed.acts import register_use  # noqa: PLC0415

        from . import navigation  # noqa: PLC0415
        from .kind import AllocationKind  # noqa: PLC0415

        register_kind(ProjectKind.ALLOCATION, AllocationKind())
        register_guard(keep_from_returning, only=[Action.RESTORE, Action.UNDO_SUBSTITUTE])
        register_matter("row", appeals.find_row)
        register_matter("designation", appeals.find_designation)
        register_matter("product", appeals.find_product)
        register_matter("share", appeals.find_share)
        register_contributor(ALLOCATION, position=30)
        register_use(uses_of)
        undoing.register_use(made_of)
        register("allocation", navigation.INSTITUTION_ITEMS, position=10)
        register("allocation", navigation.BUREAU_ITEMS, position=60)
        register("allocation", navigation.ALLIANCE_ITEMS, position=70)
