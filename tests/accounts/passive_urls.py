"""One page that asks by itself."""

from django.http import HttpResponse
from django.urls import include, path

from apps.accounts.pages.decorators import passive

urlpatterns = [
    path("accounts/", include("apps.accounts.urls")),
    path("captcha/", include("apps.accounts.captcha_urls")),
    path("bar/", passive(lambda _request: HttpResponse())),
]
