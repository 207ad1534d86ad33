"""Addresses of accounts: signing in and out, passwords, issuing, sub-accounts."""

from django.urls import path

from apps.accounts.pages import (
    approvals,
    captcha,
    handover,
    issue,
    login,
    password,
    phones,
    security,
    sub_accounts,
    subordinates,
    tokens,
    two_step,
)
from apps.accounts.pages.sign_on import doors, trials

ON, OFF = {"active": True}, {"active": False}
BELOW = "subordinates/<int:pk>/"
SUB = "sub-accounts/<int:pk>/"
SHEET = "issue/sheets/<int:pk>/"

app_name = "accounts"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("sign-on/<int:pk>/", doors.sign_on_begin, name="sign_on_begin"),
    path("sign-on/<int:pk>/return/", doors.sign_on_return, name="sign_on_return"),
    path("sign-on/<int:pk>/logout/", doors.sign_on_logout, name="sign_on_logout"),
    path("sign-on/<int:pk>/leave/", doors.sign_on_leave, name="sign_on_leave"),
    path("sign-on/<int:pk>/try/", trials.sign_on_try, name="sign_on_try"),
    path("sign-on/bind/", doors.sign_on_bind, name="sign_on_bind"),
    path("captcha/", captcha.captcha_challenge, name="captcha_challenge"),
    path("captcha/<slug:key>/audio/", captcha.captcha_audio, name="captcha_audio"),
    path("logout/", login.logout, name="logout"),
    path("password/", password.password_change, name="password_change"),
    path("two-step/", two_step.totp_verify, name="totp_verify"),
    path("two-step/setup/", two_step.totp_setup, name="totp_setup"),
    path("two-step/remove/", two_step.totp_remove, name="totp_remove"),
    path("security/", security.account_security, name="account_security"),
    path("handover/", handover.account_handover, name="account_handover"),
    path("security/others/end/", security.session_end_others, name="session_end_others"),
    path("security/identities/<int:pk>/end/", security.identity_end, name="identity_end"),
    path("security/<uuid:handle>/end/", security.session_end, name="session_end"),
    path("security/tokens/new/", tokens.token_create, name="token_create"),
    path("security/tokens/<int:pk>/end/", tokens.token_end, name="token_end"),
    path("tokens/", tokens.token_list, name="token_list"),
    path("tokens/<int:pk>/end/", tokens.token_end_below, name="token_end_below"),
    path("subordinates/", subordinates.subordinate_list, name="subordinate_list"),
    path("subordinates/reset/", subordinates.subordinate_reset_many, name="subordinate_reset_many"),
    path(f"{BELOW}reset/", subordinates.subordinate_reset, name="subordinate_reset"),
    path(f"{BELOW}handover/", handover.subordinate_handover, name="subordinate_handover"),
    path(f"{BELOW}unlock/", subordinates.subordinate_unlock, name="subordinate_unlock"),
    path(f"{BELOW}factor/", subordinates.subordinate_factor, name="subordinate_factor"),
    path(f"{BELOW}enable/", subordinates.subordinate_switch, ON, name="subordinate_enable"),
    path(f"{BELOW}disable/", subordinates.subordinate_switch, OFF, name="subordinate_disable"),
    path("sub-accounts/", sub_accounts.sub_account_list, name="sub_account_list"),
    path("sub-accounts/new/", sub_accounts.sub_account_create, name="sub_account_create"),
    path(SUB, sub_accounts.sub_account_edit, name="sub_account_edit"),
    path(f"{SUB}reset/", sub_accounts.sub_account_reset, name="sub_account_reset"),
    path(f"{SUB}unlock/", sub_accounts.sub_account_unlock, name="sub_account_unlock"),
    path(f"{SUB}factor/", sub_accounts.sub_account_factor, name="sub_account_factor"),
    path(f"{SUB}enable/", sub_accounts.sub_account_switch, ON, name="sub_account_enable"),
    path(f"{SUB}disable/", sub_accounts.sub_account_switch, OFF, name="sub_account_disable"),
    path("issue/", issue.issue_list, name="issue_list"),
    path("issue/enterprises/", issue.issue_enterprises, name="issue_enterprises"),
    path("approvals/", approvals.approval_list, name="approval_list"),
    path("approvals/<int:pk>/", approvals.approval_decide, name="approval_decide"),
    path("phones/units/<int:pk>/", phones.phone_of_unit, name="phone_of_unit"),
    path("phones/accounts/<int:pk>/", phones.phone_of_account, name="phone_of_account"),
    path(SHEET, issue.issue_sheet, name="issue_sheet"),
    path(f"{SHEET}take/", issue.issue_sheet_take, name="issue_sheet_take"),
]
