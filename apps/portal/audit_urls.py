"""Addresses of the operation log. Its pages stand here because the audit app lies below accounts and lists."""

from django.urls import path

from apps.portal.pages import log

app_name = "audit"
urlpatterns = [
    path("", log.log_list, name="log_list"),
    path("export/", log.log_export, name="log_export"),
]
