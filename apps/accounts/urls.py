"""Addresses of accounts: signing in and out, passwords, issuing, sub-accounts."""

from django.urls import path

from .views import login, password, second_factor

app_name = "accounts"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("password/", password.password_change, name="password_change"),
    path("two-step/", second_factor.totp_verify, name="totp_verify"),
    path("two-step/setup/", second_factor.totp_setup, name="totp_setup"),
]
