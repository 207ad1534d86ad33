"""App configuration."""

from django.apps import AppConfig

from apps.ui.navigation import register


class VolumesConfig(AppConfig):
    name = "apps.volumes"
    verbose_name = "约定采购量"

    def ready(self) -> None:
        # Models may be imported only now.
        from apps.projects.domain.presentation import register_fixer  # noqa: PLC0415
        from apps.review.domain.appeals.matters import register_matter  # noqa: PLC0415
        from apps.review.domain.checklist import register_contributor  # noqa: PLC0415
        from apps.review.domain.guards import register_guard  # noqa: PLC0415
        from apps.review.domain.machine import TAKING_BACK  # noqa: PLC0415
        from apps.review.domain.rounds.undoing import register_use  # noqa: PLC0415
        from apps.review.models.statuses import Action  # noqa: PLC0415
        from apps.volumes.domain import guards  # noqa: PLC0415
        from apps.volumes.domain.appeals import find_agreed  # noqa: PLC0415
        from apps.volumes.domain.checklist import VOLUMES  # noqa: PLC0415
        from apps.volumes.files import workbooks as _workbooks  # noqa: F401, PLC0415

        from . import navigation  # noqa: PLC0415

        register_contributor(VOLUMES, position=20)
        register_guard(guards.keep_in_base, only=TAKING_BACK - {Action.ADD})
        register_guard(guards.keep_without_base, only=[Action.CONCLUDE])
        register_guard(guards.keep_as_counted, only=[Action.ADD])
        register_use(guards.made_of)
        register_matter("agreed", find_agreed)
        register_fixer(guards.are_results_fixed)
        register("demand", navigation.ITEMS, position=50)
