"""Addresses of the review chain, the same for every tier."""

from django.urls import path

from apps.review.pages import (
    acts,
    attachments,
    casefiles,
    filing_list,
    filings,
    overdue,
    own_filing,
    participants,
    projects,
    selections,
    undo,
    why,
    withdrawals,
)
from apps.review.pages.appeals import views as appeals
from apps.review.pages.corrections import adding
from apps.review.pages.corrections import views as corrections
from apps.review.pages.mandates import views as mandates

app_name = "review"
urlpatterns = [
    path("", filing_list.project_list, name="project_list"),
    path("latest/", filing_list.filing_list_latest, name="filing_list_latest"),
    path("latest/<slug:subject>/<slug:page>/", filing_list.round_latest, name="round_latest"),
    path("mandates/held/", mandates.mandate_held_list, name="mandate_held_list"),
    path("<slug:code>/", filing_list.filing_list, name="filing_list"),
    path("<slug:code>/export/", filing_list.filing_export, name="filing_export"),
    path("<slug:code>/selections/<int:pk>/", selections.selection_detail, name="selection_detail"),
    path("<slug:code>/filings/<int:pk>/", filings.filing_detail, name="filing_detail"),
    path("<slug:code>/filings/<int:pk>/why/", why.filing_why, name="filing_why"),
    path(
        "<slug:code>/filings/<int:pk>/casefile/", casefiles.filing_casefile, name="filing_casefile"
    ),
    path(
        "<slug:code>/filings/<int:pk>/return-through/",
        acts.filing_return_through,
        name="filing_return_through",
    ),
    path(
        "<slug:code>/filings/<int:pk>/attachment/",
        attachments.attachment_detail,
        name="attachment_detail",
    ),
    path(
        "<slug:code>/filings/<int:pk>/attachment/file/",
        attachments.attachment_file,
        name="attachment_file",
    ),
    path("<slug:code>/filings/<int:pk>/<slug:action>/", acts.filing_act, name="filing_act"),
    path("<slug:code>/confirm/", own_filing.filing_confirm, name="filing_confirm"),
    path("<slug:code>/withdraw/", own_filing.filing_withdraw, name="filing_withdraw"),
    path("<slug:code>/participants/", participants.participant_list, name="participant_list"),
    path("<slug:code>/participants/add/", participants.participant_add, name="participant_add"),
    path("<slug:code>/corrections/", corrections.correction_list, name="correction_list"),
    path("<slug:code>/corrections/add/", adding.correction_add, name="correction_add"),
    path(
        "<slug:code>/corrections/<int:number>/file/",
        corrections.correction_file,
        name="correction_file",
    ),
    path(
        "<slug:code>/corrections/<slug:kind>/<int:pk>/",
        corrections.correction_edit,
        name="correction_edit",
    ),
    path("<slug:code>/appeals/", appeals.appeal_list, name="appeal_list"),
    path("<slug:code>/appeals/export/", appeals.appeal_export, name="appeal_export"),
    path("<slug:code>/appeals/<int:pk>/", appeals.appeal_detail, name="appeal_detail"),
    path("<slug:code>/appeals/<int:pk>/file/", appeals.appeal_file, name="appeal_file"),
    path("<slug:code>/appeals/<int:pk>/withdraw/", appeals.appeal_withdraw, name="appeal_withdraw"),
    path("<slug:code>/appeals/<int:pk>/answer/", appeals.appeal_answer, name="appeal_answer"),
    path("<slug:code>/appeals/<int:pk>/link/", appeals.appeal_link, name="appeal_link"),
    path("<slug:code>/appeals/<slug:what>/<int:key>/", appeals.appeal_create, name="appeal_create"),
    path("<slug:code>/mandates/", mandates.mandate_list, name="mandate_list"),
    path("<slug:code>/mandates/grant/", mandates.mandate_grant, name="mandate_grant"),
    path("<slug:code>/mandates/<int:pk>/end/", mandates.mandate_end, name="mandate_end"),
    path("<slug:code>/withdrawal/", withdrawals.withdrawal_ask, name="withdrawal_ask"),
    path("<slug:code>/withdrawals/", withdrawals.withdrawal_list, name="withdrawal_list"),
    path(
        "<slug:code>/withdrawals/<int:pk>/",
        withdrawals.withdrawal_decide,
        name="withdrawal_decide",
    ),
    path("<slug:code>/overdue/", overdue.overdue_list, name="overdue_list"),
    path("<slug:code>/publish/", projects.project_publish, name="project_publish"),
    path("<slug:code>/close/", projects.project_close, name="project_close"),
    path("<slug:code>/conclude/", projects.project_conclude, name="project_conclude"),
    path("<slug:code>/undo/<slug:what>/", undo.project_undo, name="project_undo"),
]
