"""Addresses of 事件推送 and 提醒设置."""

from django.urls import path

from apps.subscriptions.pages import hooks, preferences

ON, OFF = {"is_on": True}, {"is_on": False}

app_name = "subscriptions"
urlpatterns = [
    path("hooks/", hooks.hook_list, name="hook_list"),
    path("hooks/new/", hooks.hook_create, name="hook_create"),
    path("hooks/<int:pk>/", hooks.hook_detail, name="hook_detail"),
    path("hooks/<int:pk>/resume/", hooks.hook_switch, ON, name="hook_resume"),
    path("hooks/<int:pk>/pause/", hooks.hook_switch, OFF, name="hook_pause"),
    path("hooks/<int:pk>/secret/", hooks.hook_rotate, name="hook_rotate"),
    path("hooks/<int:pk>/end/", hooks.hook_end, name="hook_end"),
    path("hooks/<int:pk>/<uuid:delivery>/resend/", hooks.hook_resend, name="hook_resend"),
    path("preferences/", preferences.preference_edit, name="preference_edit"),
]
