"""Addresses of demand reporting: `/demand/…`."""

from django.urls import path

from apps.reporting.pages import (
    doubts,
    entry,
    entry_check,
    entry_rows,
    entry_workbook,
    history,
    institutions,
    latest,
    letters,
    maintenance,
    maintenance_sheet,
    purchases,
    results,
    varieties,
)

app_name = "reporting"
FROM_THE_RAIL = {
    "varieties": "variety_list",
    "entry": "demand_edit",
    "results": "result_list",
    "institutions": "institution_list",
}
PURCHASES_FROM_THE_RAIL = {"purchases": "purchase_list", "doubts": "doubt_list"}
urlpatterns = [
    *(
        path(f"{word}/", latest.latest, {"page": page}, name=f"{page}_latest")
        for word, page in FROM_THE_RAIL.items()
    ),
    path("new/", latest.batch_latest, name="batch_latest"),
    path("history/", history.history_list, name="history_list"),
    path("history/export/", history.history_export, name="history_export"),
    path("<slug:code>/varieties/", varieties.variety_list, name="variety_list"),
    path("<slug:code>/entry/", entry.demand_edit, name="demand_edit"),
    path("<slug:code>/entry/rows/", entry_rows.demand_rows, name="demand_rows"),
    path("<slug:code>/entry/save/", entry_rows.demand_save, name="demand_save"),
    path("<slug:code>/entry/doubt/", entry_rows.demand_doubt, name="demand_doubt"),
    path("<slug:code>/entry/check/", entry_check.demand_check, name="demand_check"),
    path("<slug:code>/entry/import/", entry_workbook.demand_import, name="demand_import"),
    path("<slug:code>/letter/", letters.letter_edit, name="letter_edit"),
    path("<slug:code>/letter/template/", letters.letter_template, name="letter_template"),
    path("<slug:code>/institutions/", institutions.institution_list, name="institution_list"),
    path("<slug:code>/results/", results.result_list, name="result_list"),
    path("<slug:code>/results/export/", results.result_export, name="result_export"),
    path("<slug:code>/results/withdraw/", results.result_withdraw, name="result_withdraw"),
    *(
        path(f"{word}/", purchases.history_latest, {"page": page}, name=f"{page}_latest")
        for word, page in PURCHASES_FROM_THE_RAIL.items()
    ),
    path("maintenance/", maintenance.maintenance_latest, name="maintenance_list_latest"),
    path("<slug:code>/purchases/", purchases.purchase_list, name="purchase_list"),
    path("<slug:code>/purchases/import/", purchases.purchase_import, name="purchase_import"),
    path("<slug:code>/purchases/export/", purchases.purchase_export, name="purchase_export"),
    path("<slug:code>/purchases/take/", purchases.purchase_take_over, name="purchase_take_over"),
    path("<slug:code>/doubts/", doubts.doubt_list, name="doubt_list"),
    path("<slug:code>/doubts/decide/", doubts.doubt_decide, name="doubt_decide"),
    path("<slug:code>/maintenance/", maintenance.maintenance_list, name="maintenance_list"),
    path(
        "<slug:code>/maintenance/<int:pk>/",
        maintenance_sheet.maintenance_edit,
        name="maintenance_edit",
    ),
    path(
        "<slug:code>/maintenance/import/",
        maintenance.maintenance_import,
        name="maintenance_import",
    ),
]
