"""Addresses of projects: `/projects/…`."""

from django.urls import path

from apps.projects.pages import (
    catalogue,
    own_codes,
    participants,
    projects,
    provinces,
    who_may,
    windows,
    winners,
)

app_name = "projects"
urlpatterns = [
    path("", projects.project_list, name="project_list"),
    path("create/", projects.project_create, name="project_create"),
    path("<slug:code>/", projects.project_detail, name="project_detail"),
    path("<slug:code>/edit/", projects.project_edit, name="project_edit"),
    path("<slug:code>/copy/", projects.project_copy, name="project_copy"),
    path("<slug:code>/delete/", projects.project_delete, name="project_delete"),
    path("<slug:code>/prepare/", projects.project_prepare, name="project_prepare"),
    path("<slug:code>/who-may/", who_may.who_may, name="who_may"),
    path("<slug:code>/windows/", windows.window_list, name="window_list"),
    path("<slug:code>/windows/edit/", windows.window_edit, name="window_edit"),
    path("<slug:code>/windows/extend/", windows.window_extend, name="window_extend"),
    path("<slug:code>/windows/<str:tier>/switch/", windows.window_switch, name="window_switch"),
    path("<slug:code>/participants/", participants.participant_list, name="participant_list"),
    path("<slug:code>/participants/add/", participants.participant_add, name="participant_add"),
    path(
        "<slug:code>/participants/change/",
        participants.participant_change,
        name="participant_change",
    ),
    path(
        "<slug:code>/participants/import/",
        participants.participant_import,
        name="participant_import",
    ),
    path(
        "<slug:code>/participants/export/",
        participants.participant_export,
        name="participant_export",
    ),
    path("<slug:code>/catalogue/", catalogue.item_list, name="item_list"),
    path("<slug:code>/catalogue/remove/", catalogue.item_remove, name="item_remove"),
    path("<slug:code>/catalogue/import/", catalogue.catalogue_import, name="catalogue_import"),
    path("<slug:code>/catalogue/export/", catalogue.catalogue_export, name="catalogue_export"),
    path("<slug:code>/winners/", winners.winner_list, name="winner_list"),
    path("<slug:code>/winners/paper/", winners.winner_paper, name="winner_paper"),
    path("<slug:code>/winners/remove/", winners.winner_remove, name="winner_remove"),
    path("<slug:code>/codes/", own_codes.own_code_list, name="own_code_list"),
    path("<slug:code>/codes/create/", own_codes.own_code_create, name="own_code_create"),
    path("<slug:code>/codes/<int:pk>/", own_codes.own_code_edit, name="own_code_edit"),
    path("<slug:code>/codes/remove/", own_codes.own_code_remove, name="own_code_remove"),
    path("<slug:code>/codes/import/", own_codes.own_code_import, name="own_code_import"),
    path("<slug:code>/codes/export/", own_codes.own_code_export, name="own_code_export"),
    path("<slug:code>/province/", provinces.province_edit, name="province_edit"),
]
