"""Addresses of 机构管理."""

from django.urls import path

from apps.administration.pages import password_address, units
from apps.administration.pages.changes import views as changes

app_name = "administration"
urlpatterns = [
    path("", units.unit_list, name="unit_list"),
    path("new/", units.unit_create, name="unit_create"),
    path("password-address/", password_address.password_address, name="password_address"),
    path("export/", units.unit_export, name="unit_export"),
    path("import/", units.unit_import, name="unit_import"),
    path("import/accounts/", units.unit_import_with_accounts, name="unit_import_with_accounts"),
    path("import/enterprises/", units.enterprise_import, name="enterprise_import"),
    path("changes/", changes.change_list, name="change_list"),
    path("changes/new/<int:pk>/<slug:kind>/", changes.change_ask, name="change_ask"),
    path("changes/<int:pk>/", changes.change_detail, name="change_detail"),
    path("changes/<int:pk>/decide/", changes.change_decide, name="change_decide"),
    path("changes/<int:pk>/withdraw/", changes.change_withdraw, name="change_withdraw"),
    path("changes/<int:pk>/undo/", changes.change_undo, name="change_undo"),
    path("changes/<int:pk>/file/", changes.change_file, name="change_file"),
    path("changes/merged/<int:pk>/", changes.stand_in_for, name="stand_in"),
    path("<int:pk>/", units.unit_edit, name="unit_edit"),
    path("<int:pk>/enable/", units.unit_switch, {"active": True}, name="unit_enable"),
    path("<int:pk>/disable/", units.unit_switch, {"active": False}, name="unit_disable"),
]
