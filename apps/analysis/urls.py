"""Addresses of 多维度查看: `/analysis/…`."""

from django.urls import path

from apps.analysis.pages import institutions, pivot, saved_views

app_name = "analysis"
urlpatterns = [
    path("", pivot.project_list, name="project_list"),
    path("<slug:code>/", pivot.pivot_detail, name="pivot_detail"),
    path("<slug:code>/export/", pivot.pivot_export, name="pivot_export"),
    path("<slug:code>/refresh/", pivot.totals_refresh, name="totals_refresh"),
    path("<slug:code>/institutions/", institutions.institution_list, name="institution_list"),
    path(
        "<slug:code>/institutions/export/",
        institutions.institution_export,
        name="institution_export",
    ),
    path("<slug:code>/views/", saved_views.view_save, name="view_save"),
    path("<slug:code>/views/<int:pk>/", saved_views.view_change, name="view_change"),
]
