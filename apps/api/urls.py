"""Addresses of the interface: `/api/v1/…`, its document, and the page to read it."""

from django.urls import include, path

from apps.api.pages import interface, reference

app_name = "api"
urlpatterns = [
    path("", reference.reference_detail, name="reference_detail"),
    path("v1/openapi.json", reference.reference_document, name="reference_document"),
    path("v1/", include(list(interface.addresses()))),
]
