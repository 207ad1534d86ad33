"""Addresses of notices. Their pages stand here because the notices app lies below accounts and lists."""

from django.urls import path

from apps.portal.pages import messages, notice_writing, notices

app_name = "notices"
urlpatterns = [
    path("", notices.notice_list, name="notice_list"),
    path("<int:pk>/", notices.notice_detail, name="notice_detail"),
    path("attachments/<int:pk>/", notices.attachment_download, name="attachment_download"),
    path("messages/", messages.message_list, name="message_list"),
    path("messages/new/", messages.message_create, name="message_create"),
    path("messages/read/", messages.messages_read, name="messages_read"),
    path("messages/<int:pk>/", messages.message_detail, name="message_detail"),
    path("written/", notice_writing.notice_written, name="notice_written"),
    path("new/", notice_writing.notice_create, name="notice_create"),
    path("<int:pk>/edit/", notice_writing.notice_edit, name="notice_edit"),
    path("<int:pk>/withdraw/", notice_writing.notice_withdraw, name="notice_withdraw"),
    path("<int:pk>/receipts/", notice_writing.receipt_list, name="receipt_list"),
]
