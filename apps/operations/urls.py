"""Addresses for who keeps the platform running."""

from django.urls import path

from apps.operations.pages import status

app_name = "operations"
urlpatterns = [path("", status.status, name="status")]
