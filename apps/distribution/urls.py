"""Addresses of delivery: distributor accounts, areas, relations, agreements."""

from django.urls import path

from apps.distribution.pages.agreements import choices as agreement_choices
from apps.distribution.pages.agreements import institutions as agreement_institutions
from apps.distribution.pages.agreements import progress as agreement_progress
from apps.distribution.pages.agreements import views as agreements
from apps.distribution.pages.areas import views as areas
from apps.distribution.pages.distributors import makers, switches
from apps.distribution.pages.distributors import views as distributors
from apps.distribution.pages.relations import chains as relation_chains
from apps.distribution.pages.relations import choosing as relation_choosing
from apps.distribution.pages.relations import coverage as relation_coverage
from apps.distribution.pages.relations import limits as relation_limits
from apps.distribution.pages.relations import views as relations

ON, OFF = {"active": True}, {"active": False}
ONE = "distributors/<int:pk>/"
AGREEMENT = "agreements/<int:pk>/"
UNITS = "agreements/progress/units/"

app_name = "distribution"

urlpatterns = [
    path("distributors/", distributors.distributor_list, name="distributor_list"),
    path("distributors/export/", distributors.distributor_export, name="distributor_export"),
    path("distributors/new/", distributors.distributor_create, name="distributor_create"),
    path("distributors/import/", distributors.distributor_import, name="distributor_import"),
    path(ONE, distributors.distributor_detail, name="distributor_detail"),
    path(f"{ONE}edit/", distributors.distributor_edit, name="distributor_edit"),
    path(f"{ONE}delete/", distributors.distributor_delete, name="distributor_delete"),
    path(f"{ONE}enable/", switches.distributor_switch, ON, name="distributor_enable"),
    path(f"{ONE}disable/", switches.distributor_switch, OFF, name="distributor_disable"),
    path(f"{ONE}reset/", switches.distributor_reset, name="distributor_reset"),
    path("areas/", areas.area_list, name="area_list"),
    path("choices/", agreement_choices.choice_list, name="choice_list"),
    path("choices/give/", agreement_choices.choice_give, name="choice_give"),
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
    path(UNITS, agreement_institutions.agreement_unit_list, name="agreement_unit_list"),
    path(f"{UNITS}remind/", agreement_institutions.agreement_remind, name="agreement_remind"),
    path(
        f"{UNITS}export/",
        agreement_institutions.agreement_unit_export,
        name="agreement_unit_export",
    ),
    path(f"{UNITS}phones/", agreement_institutions.agreement_phones, name="agreement_phones"),
    path("agreements/clauses/", agreement_progress.clauses_edit, name="clauses_edit"),
    path(AGREEMENT, agreements.agreement_detail, name="agreement_detail"),
    path(f"{AGREEMENT}pdf/", agreements.agreement_pdf, name="agreement_pdf"),
    path(f"{AGREEMENT}scan/", agreements.agreement_scan, name="agreement_scan"),
    path(f"{AGREEMENT}sign/", agreements.agreement_sign, name="agreement_sign"),
    path(f"{AGREEMENT}void/", agreements.agreement_void, name="agreement_void"),
    path("makers/", makers.maker_list, name="maker_list"),
    path("relations/", relations.relation_list, name="relation_list"),
    path("relations/act/", relations.relation_act, name="relation_act"),
    path("relations/export/", relations.relation_export, name="relation_export"),
    path("relations/choose/", relation_choosing.relation_choose, name="relation_choose"),
    path("relations/copy/", relation_choosing.relation_copy, name="relation_copy"),
    path("relations/import/", relation_choosing.relation_import, name="relation_import"),
    path("relations/coverage/", relation_coverage.coverage_list, name="coverage_list"),
    path("relations/coverage/export/", relation_coverage.coverage_export, name="coverage_export"),
    path("relations/<int:pk>/", relations.relation_detail, name="relation_detail"),
    path("relations/<int:pk>/<slug:action>/", relations.relation_move, name="relation_move"),
    path("deliverers/", relation_coverage.deliverer_list, name="deliverer_list"),
    path("chains/", relation_chains.chain_list, name="chain_list"),
    path("chains/choose/", relation_chains.chain_choose, name="chain_choose"),
    path("chains/add/", relation_chains.chain_add, name="chain_add"),
    path("chains/<int:pk>/end/", relation_chains.chain_end, name="chain_end"),
    path("limits/", relation_limits.limit_list, name="limit_list"),
    path("limits/<slug:code>/", relation_limits.limit_edit, name="limit_edit"),
]
