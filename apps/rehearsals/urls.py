"""Addresses of 演练; those within one are `pages.inside`'s."""

from django.urls import path

from apps.rehearsals.pages import rehearsals

app_name = "rehearsals"
urlpatterns = [
    path("", rehearsals.rehearsal_list, name="rehearsal_list"),
    path("new/<slug:code>/", rehearsals.rehearsal_create, name="rehearsal_create"),
    path("<int:pk>/", rehearsals.rehearsal_detail, name="rehearsal_detail"),
    path("<int:pk>/clock/", rehearsals.rehearsal_clock, name="rehearsal_clock"),
    path("<int:pk>/discard/", rehearsals.rehearsal_discard, name="rehearsal_discard"),
]
