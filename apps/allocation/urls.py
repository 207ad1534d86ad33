"""Addresses of allocation: `/allocation/…`."""

from django.urls import path

from apps.allocation.pages import (
    agreements,
    filling,
    generation,
    latest,
    pending,
    reports,
    selected,
    supply,
    unplaced,
    volumes,
)
from apps.allocation.pages.designations import views as designations
from apps.allocation.pages.slots import views as slots
from apps.allocation.pages.stops import adjusted
from apps.allocation.pages.stops import views as stops
from apps.allocation.pages.substitution import views as substitution

app_name = "allocation"
FROM_THE_RAIL = {
    "supply": "supply_list",
    "selected": "selected_list",
    "pending": "pending_list",
    "report": "report_detail",
    "agreements": "agreement_list",
    "substitution": "substitution_list",
}
OF_THE_ALLIANCE = {
    "volumes": "volume_list",
    "designations": "designation_list",
    "capacity": "pool_list",
}
urlpatterns = [
    *(
        path(f"{word}/", latest.latest, {"page": page}, name=f"{page}_latest")
        for word, page in FROM_THE_RAIL.items()
    ),
    *(
        path(f"{word}/", latest.latest, {"page": page, "drafts": True}, name=f"{page}_latest")
        for word, page in OF_THE_ALLIANCE.items()
    ),
    path("<slug:code>/supply/", supply.supply_list, name="supply_list"),
    path("<slug:code>/supply/export/", supply.supply_export, name="supply_export"),
    path("<slug:code>/selected/", selected.selected_list, name="selected_list"),
    path("<slug:code>/selected/confirm/", selected.selected_confirm, name="selected_confirm_all"),
    path(
        "<slug:code>/selected/<int:pk>/confirm/",
        selected.selected_confirm,
        name="selected_confirm",
    ),
    path("<slug:code>/pending/", pending.pending_list, name="pending_list"),
    path("<slug:code>/pending/confirm/", pending.pending_confirm_all, name="pending_confirm_all"),
    path("<slug:code>/pending/fill/", filling.pending_fill, name="pending_fill"),
    path("<slug:code>/pending/<int:pk>/confirm/", pending.pending_confirm, name="pending_confirm"),
    path(
        "<slug:code>/pending/<int:pk>/withdraw/", pending.pending_withdraw, name="pending_withdraw"
    ),
    path("<slug:code>/pending/<int:pk>/<slug:slot>/", slots.slot_edit, name="slot_edit"),
    path("<slug:code>/pending/<int:pk>/<slug:slot>/clear/", slots.slot_clear, name="slot_clear"),
    path("<slug:code>/pending/<int:pk>/<slug:slot>/move/", slots.slot_move, name="slot_move"),
    path("<slug:code>/report/", reports.report_detail, name="report_detail"),
    path("<slug:code>/report/submit/", reports.report_submit, name="report_submit"),
    path("<slug:code>/report/withdraw/", reports.report_withdraw, name="report_withdraw"),
    path("<slug:code>/report/export/", reports.report_export, name="report_export"),
    path("<slug:code>/agreements/", agreements.agreement_list, name="agreement_list"),
    path("<slug:code>/agreements/export/", agreements.agreement_export, name="agreement_export"),
    path("<slug:code>/agreements/paper/", agreements.agreement_paper, name="agreement_paper"),
    path("<slug:code>/agreements/his/", agreements.agreement_his, name="agreement_his"),
    path("<slug:code>/volumes/", volumes.volume_list, name="volume_list"),
    path("<slug:code>/volumes/import/", volumes.volume_import, name="volume_import"),
    path("<slug:code>/volumes/export/", volumes.volume_export, name="volume_export"),
    path("<slug:code>/volumes/compute/", volumes.volume_compute, name="volume_compute"),
    path("<slug:code>/volumes/remove/", volumes.volume_remove, name="volume_remove"),
    path("<slug:code>/designations/", designations.designation_list, name="designation_list"),
    path("<slug:code>/designations/pick/", designations.designation_pick, name="designation_pick"),
    path("generate/", generation.generation_start, name="generation_start"),
    path("<slug:code>/generation/", generation.generation_detail, name="generation_detail"),
    path("<slug:code>/generation/run/", generation.generation_run, name="generation_run"),
    path(
        "<slug:code>/generation/preview/",
        generation.generation_refresh,
        name="generation_refresh",
    ),
    path("<slug:code>/substitution/", substitution.substitution_list, name="substitution_list"),
    path("<slug:code>/substitution/run/", substitution.substitution_run, name="substitution_run"),
    path(
        "<slug:code>/substitution/undo/", substitution.substitution_undo, name="substitution_undo"
    ),
    path(
        "<slug:code>/substitution/export/",
        substitution.substitution_export,
        name="substitution_export",
    ),
    path(
        "<slug:code>/substitution/<int:pk>/",
        substitution.substitution_detail,
        name="substitution_detail",
    ),
    path("<slug:code>/unplaced/", unplaced.unplaced_list, name="unplaced_list"),
    path("<slug:code>/unplaced/export/", unplaced.unplaced_export, name="unplaced_export"),
    path("<slug:code>/stops/", stops.stop_list, name="stop_list"),
    path("<slug:code>/stops/product/<int:pk>/", stops.stop_edit, name="stop_edit"),
    path("<slug:code>/stops/<int:pk>/", stops.stop_detail, name="stop_detail"),
    path("<slug:code>/stops/<int:pk>/file/", stops.stop_file, name="stop_file"),
    path("<slug:code>/stops/<int:pk>/export/", stops.stop_export, name="stop_export"),
    path("<slug:code>/stops/<int:pk>/end/", stops.stop_end, name="stop_end"),
    path("<slug:code>/adjusted/", adjusted.adjusted_list, name="adjusted_list"),
    path("<slug:code>/adjusted/confirm/", adjusted.adjusted_confirm, name="adjusted_confirm"),
    path("<slug:code>/capacity/", designations.pool_list, name="pool_list"),
]
