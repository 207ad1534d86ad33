"""Addresses of the portal itself."""

from django.urls import path

from apps.portal.pages import home, manuals, notices, progress, rounds, verification

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("downloads/", notices.download_list, name="download_list"),
    path("progress/<slug:code>/", progress.progress_detail, name="progress_detail"),
    path(
        "progress/<slug:code>/institutions/", progress.progress_unit_list, name="progress_unit_list"
    ),
    path("progress/<slug:code>/remind/", progress.progress_remind, name="progress_remind"),
    path("progress/<slug:code>/export/", progress.progress_export, name="progress_export"),
    path("progress/<slug:code>/names/", progress.progress_names, name="progress_names"),
    path("progress/<slug:code>/phones/", progress.progress_phones, name="progress_phones"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("faq/", notices.faq, name="faq"),
    path("help/", manuals.manual_list, name="manual_list"),
    path("help/chapter/", manuals.manual_chapter, name="manual_chapter"),
    path("help/<slug:manual>/", manuals.manual_detail, name="manual_detail"),
    path("help/<slug:manual>/pdf/", manuals.manual_pdf, name="manual_pdf"),
    path("v/", verification.paper_verification, name="paper_verification"),
    path("v/<str:code>", verification.paper_verification, name="paper_verification_code"),
]
