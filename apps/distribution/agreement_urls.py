"""Addresses of choices, agreements, their progress, and of the winners' accounts."""

from django.urls import path

from apps.distribution.pages.agreements import choices as agreement_choices
from apps.distribution.pages.agreements import progress as agreement_progress
from apps.distribution.pages.agreements import views as agreements
from apps.distribution.pages.distributors import makers

ONE = "agreements/<int:pk>/"
urlpatterns = [
    path("choices/", agreement_choices.choice_list, name="choice_list"),
    path("choices/draw/", agreement_choices.agreement_draw, name="agreement_draw"),
    path("agreements/", agreements.agreement_list, name="agreement_list"),
    path("agreements/export/", agreements.agreement_export, name="agreement_export"),
    path(
        "agreements/progress/",
        agreement_progress.agreement_progress_list,
        name="agreement_progress_list",
    ),
    path(
        "agreements/progress/export/",
        agreement_progress.agreement_progress_export,
        name="agreement_progress_export",
    ),
    path("agreements/clauses/", agreement_progress.clauses_edit, name="clauses_edit"),
    path(ONE, agreements.agreement_detail, name="agreement_detail"),
    path(f"{ONE}pdf/", agreements.agreement_pdf, name="agreement_pdf"),
    path(f"{ONE}scan/", agreements.agreement_scan, name="agreement_scan"),
    path(f"{ONE}sign/", agreements.agreement_sign, name="agreement_sign"),
    path(f"{ONE}void/", agreements.agreement_void, name="agreement_void"),
    path("makers/", makers.maker_list, name="maker_list"),
]
