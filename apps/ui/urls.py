"""The gallery of components, in DEBUG only."""

from django.conf import settings
from django.urls import path

from apps.ui import gallery

app_name = "ui"
urlpatterns = (
    [
        path("gallery/", gallery.gallery, name="gallery"),
        path("gallery/list/", gallery.gallery_list, name="gallery_list"),
        path("gallery/entry/", gallery.gallery_entry, name="gallery_entry"),
    ]
    if settings.DEBUG
    else []
)
