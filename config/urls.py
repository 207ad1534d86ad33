"""Every address of the product; each app lists its own."""

from django.urls import include, path

urlpatterns = [
    path("captcha/", include("apps.accounts.captcha_urls")),
    path("accounts/", include("apps.accounts.urls")),
]
