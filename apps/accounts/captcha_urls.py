"""The captcha library's image and refresh addresses, open to who isn't signed in yet. Its names have no namespace."""

from captcha import views
from django.urls import path
from django.views.decorators.http import require_GET

from .decorators import public

urlpatterns = [
    path("image/<slug:key>/", public(require_GET(views.captcha_image)), {"scale": 1}, name="captcha-image"),
    path("refresh/", public(require_GET(views.captcha_refresh)), name="captcha-refresh"),
]
