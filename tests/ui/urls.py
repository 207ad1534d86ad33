"""Addresses for the tests of the frame: the gallery, and stand-ins for what the apps above provide."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from apps.ui import gallery


def page(request: HttpRequest, **_: object) -> HttpResponse:
    """Any page."""
    return HttpResponse("a page")


page.public = True  # type: ignore[attr-defined]

shown = [
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/list/", gallery.gallery_list, name="gallery_list"),
    path("gallery/entry/", gallery.gallery_entry, name="gallery_entry"),
]
accounts = [
    path("login/", page, name="login"),
    path("logout/", page, name="logout"),
    path("password/", page, name="password_change"),
    path("subordinates/<int:pk>/", page, name="subordinate_detail"),
]
urlpatterns = [
    path("", include((shown, "ui"))),
    path("accounts/", include((accounts, "accounts"))),
    path("other/", page, name="other"),
]

handler404 = "apps.ui.errors.page_not_found"
