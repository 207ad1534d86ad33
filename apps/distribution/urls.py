"""Addresses of delivery: distributor accounts, areas, relations, agreements."""

from django.urls import URLPattern

app_name = "distribution"

urlpatterns: list[URLPattern] = []
