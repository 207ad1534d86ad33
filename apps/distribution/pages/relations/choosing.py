"""遴选配送企业: choosing on the page, from Excel, from another product (S4-02)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.relations.choosing import MOST, Chosen, choose, copy_choice
from apps.distribution.domain.relations.directory import provinces, served_provinces
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.distribution.files.relation_workbooks import CHOICE_IMPORT
from apps.distribution.pages.relations.choosing_page import (
    Ticked,
    carrier_options,
    copy_options,
    ids_of,
    own_winners,
    place_options,
    product_options,
    usual_province,
)
from apps.exchange.pages.import_page import run_import_page

MAKERS = (Role.MANUFACTURER,)
REFUSED = 422
LIST = "distribution:relation_list"


@requires(Permission.DELIVERY, roles=MAKERS)
def relation_choose(request: SignedInRequest) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    ticked = Ticked.of(data)
    refusal = ""
    if request.method == "POST":
        refusal = _choose(request, ticked)
        if not refusal:
            return redirect(LIST)
    return _choice_page(request, data.get("province", ""), ticked, refusal)


def _choose(request: SignedInRequest, ticked: Ticked) -> str:
    """Why it was refused; empty if it was done."""
    if ticked.lacks:
        return f"还没有勾选{ticked.lacks}。勾选之后再保存。"
    if ticked.number > MOST:
        return f"一次最多选择 {MOST:,} 条，现在是 {ticked.number:,} 条。请分批选择。"
    try:
        done = choose(ticked.proposals(), by=request.actor, submit="submit" in request.POST)
    except RelationRefused as refused:
        return str(refused)
    messages.success(request, _sentence(done))
    return ""


def _sentence(done: Chosen) -> str:
    said = f"新增 {done.created:,} 条配送关系"
    if done.known:
        said += f"，{done.known:,} 条原来已有，保持不变"
    return said + (f"，已提交 {done.submitted:,} 条。" if done.submitted else "。")


def _choice_page(
    request: SignedInRequest, wanted: str, ticked: Ticked, refusal: str
) -> HttpResponse:
    known, served = provinces(), served_provinces()
    enterprise, named = request.user.enterprise_id, [unit for unit in known if unit.code == wanted]
    products = own_winners(enterprise)
    province = named[0] if named else usual_province(enterprise, known, served, products)
    shown = {
        "provinces": known,
        "served": served,
        "province": province,
        "products": product_options(products, province, ticked),
        "places": place_options(province, ticked),
        "carriers": carrier_options(province, ticked),
        "refusal": refusal,
    }
    status = REFUSED if refusal else 200
    return render(request, "distribution/relation_choose.html", shown, status=status)


@requires(Permission.DELIVERY, roles=MAKERS)
def relation_copy(request: SignedInRequest) -> HttpResponse:
    refusal = ""
    if request.method == "POST":
        try:
            source = ids_of(request.POST, "source")
            done = copy_choice(
                source[0] if source else 0, ids_of(request.POST, "target"), by=request.actor
            )
        except RelationRefused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _sentence(done))
            return redirect(LIST)
    sources, targets = copy_options(
        request.user.enterprise_id, request.POST.get("source", ""), request.POST.getlist("target")
    )
    shown = {"sources": sources, "targets": targets, "refusal": refusal}
    status = REFUSED if refusal else 200
    return render(request, "distribution/relation_copy.html", shown, status=status)


@requires(Permission.DELIVERY, roles=MAKERS)
def relation_import(request: SignedInRequest) -> HttpResponseBase:
    back = reverse(LIST)
    return run_import_page(
        request,
        CHOICE_IMPORT,
        context={"enterprise_id": request.user.enterprise_id},
        back_url=back,
        crumbs=(("配送关系", back),),
    )
