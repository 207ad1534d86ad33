"""Addresses of accounts: signing in and out, passwords, issuing, sub-accounts."""

from django.urls import path

app_name = "accounts"
urlpatterns: list = []
