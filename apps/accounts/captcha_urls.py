"""The captcha library's images, open to who isn't signed in yet. Its names have no namespace."""

from captcha import views
from django.urls import path
from django.views.decorators.http import require_GET

from apps.accounts.pages.decorators import public

image = public(require_GET(views.captcha_image))
urlpatterns = [path("image/<slug:key>/", image, {"scale": 1}, name="captcha-image")]
