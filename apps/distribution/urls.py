"""Addresses of delivery: distributor accounts, areas, relations, agreements."""

from django.urls import path

from apps.distribution.pages.areas import views as areas
from apps.distribution.pages.distributors import switches
from apps.distribution.pages.distributors import views as distributors

from .agreement_urls import urlpatterns as agreement_patterns
from .relation_urls import urlpatterns as relation_patterns

ON, OFF = {"active": True}, {"active": False}
ONE = "distributors/<int:pk>/"

app_name = "distribution"

urlpatterns = [
    path("distributors/", distributors.distributor_list, name="distributor_list"),
    path("distributors/new/", distributors.distributor_create, name="distributor_create"),
    path("distributors/import/", distributors.distributor_import, name="distributor_import"),
    path(ONE, distributors.distributor_detail, name="distributor_detail"),
    path(f"{ONE}edit/", distributors.distributor_edit, name="distributor_edit"),
    path(f"{ONE}delete/", distributors.distributor_delete, name="distributor_delete"),
    path(f"{ONE}enable/", switches.distributor_switch, ON, name="distributor_enable"),
    path(f"{ONE}disable/", switches.distributor_switch, OFF, name="distributor_disable"),
    path(f"{ONE}reset/", switches.distributor_reset, name="distributor_reset"),
    path("areas/", areas.area_list, name="area_list"),
    *agreement_patterns,
    *relation_patterns,
]
