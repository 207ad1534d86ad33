"""Addresses of what the province keeps: purchase history, doubts about it, maintenance on behalf."""

from django.urls import path

from apps.reporting.pages import doubts, maintenance, purchases

FROM_THE_RAIL = {
    "purchases": "purchase_list",
    "doubts": "doubt_list",
}
urlpatterns = [
    *(
        path(f"{word}/", purchases.history_latest, {"page": page}, name=f"{page}_latest")
        for word, page in FROM_THE_RAIL.items()
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
        "<slug:code>/maintenance/import/",
        maintenance.maintenance_import,
        name="maintenance_import",
    ),
]
