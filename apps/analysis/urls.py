"""Addresses of 多维度查看: `/analysis/…`."""

from django.urls import path

from .views import pivot

app_name = "analysis"
urlpatterns = [
    path("", pivot.project_list, name="project_list"),
]
