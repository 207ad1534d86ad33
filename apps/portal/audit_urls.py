"""Addresses of the operation log. Its pages stand here because the audit app lies below accounts and lists."""

from django.urls import path

from apps.portal.pages import log

from .pages import changes, seals

app_name = "audit"
urlpatterns = [
    path("", log.log_list, name="log_list"),
    path("changes/", changes.change_list, name="change_list"),
    path("changes/export/", changes.change_export, name="change_export"),
    path("changes/<str:kind>/<int:pk>/", changes.change_list, name="change_detail"),
    path(
        "changes/<str:kind>/<int:pk>/export/",
        changes.change_export,
        name="change_detail_export",
    ),
    path("export/", log.log_export, name="log_export"),
    path("seals/", seals.seal_list, name="seal_list"),
]
