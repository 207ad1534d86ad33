"""Addresses of bases and agreed volumes: `/analysis/<code>/base/…` and `/analysis/<code>/agreed/…`."""

from django.urls import path

from apps.volumes.pages import (
    agreed,
    answering,
    bases,
    papers,
    results,
    rules,
    unit_list,
    units,
    vacancies,
    what_if,
)

app_name = "volumes"
urlpatterns = [
    path("base/", answering.latest, {"page": "base_detail"}, name="base_detail_latest"),
    path("agreed/", answering.latest, {"page": "agreed_list"}, name="agreed_list_latest"),
    path("<slug:code>/base/", bases.base_detail, name="base_detail"),
    path("<slug:code>/base/generate/", bases.base_generate, name="base_generate"),
    path("<slug:code>/base/act/", bases.base_act, name="base_act"),
    path("<slug:code>/base/export/", bases.base_export, name="base_export"),
    path("<slug:code>/base/paper/", papers.base_paper, name="base_paper"),
    path("<slug:code>/base/conversions/", bases.conversion_import, name="conversion_import"),
    path("<slug:code>/agreed/", agreed.agreed_list, name="agreed_list"),
    path("<slug:code>/agreed/items/<int:item>/", agreed.agreed_detail, name="agreed_detail"),
    path("<slug:code>/agreed/vacancies/", vacancies.vacancy_list, name="vacancy_list"),
    path("<slug:code>/agreed/generate/", agreed.agreed_generate, name="agreed_generate"),
    path("<slug:code>/agreed/act/", agreed.agreed_act, name="agreed_act"),
    path("<slug:code>/agreed/export/", agreed.agreed_export, name="agreed_export"),
    path("<slug:code>/agreed/paper/", papers.agreed_paper, name="agreed_paper"),
    path("<slug:code>/agreed/rules/", rules.rule_edit, name="rule_edit"),
    path("<slug:code>/agreed/units/", unit_list.unit_list, name="unit_list"),
    path("<slug:code>/agreed/units/<int:item>/", units.unit_edit, name="unit_edit"),
    path("<slug:code>/agreed/results/", results.result_import, name="result_import"),
    path("<slug:code>/agreed/results/clear/", results.result_clear, name="result_clear"),
    path("<slug:code>/agreed/results/remove/", results.result_remove, name="result_remove"),
    path("<slug:code>/agreed/what-if/", what_if.what_if, name="what_if"),
]
