"""Addresses of relations, coverage, chains and limits: `/distribution/relations/…`, `/distribution/chains/`."""

from django.urls import path

from apps.distribution.pages.relations import chains as relation_chains
from apps.distribution.pages.relations import choosing as relation_choosing
from apps.distribution.pages.relations import coverage as relation_coverage
from apps.distribution.pages.relations import limits as relation_limits
from apps.distribution.pages.relations import views as relations

urlpatterns = [
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
    path("chains/add/", relation_chains.chain_add, name="chain_add"),
    path("chains/<int:pk>/end/", relation_chains.chain_end, name="chain_end"),
    path("limits/", relation_limits.limit_list, name="limit_list"),
    path("limits/<slug:code>/", relation_limits.limit_edit, name="limit_edit"),
]
