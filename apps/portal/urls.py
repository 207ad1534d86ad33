"""Addresses of the portal itself."""

from django.urls import path

from .views import home, notices

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("downloads/", notices.download_list, name="download_list"),
    path("faq/", notices.faq, name="faq"),
]
