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
from apps.distribution.files.choice_workbook import CHOICE_IMPORT
from apps.distribution.pages.relations.choosing_page import (
    ChoosingDesk,
    Ticked,
    copy_options,
    ids_of,
    own_winners,
    usual_province,
)
from apps.exchange.pages.import_page import run_import_page

MAKERS = (Role.MANUFACTURER,)
REFUSED = 422
LIST = "distribution:relation_list"
LOOK = "look"
NOTHING_LEFT = (
    "按所选的条件没有可以新增的配送关系：所选企业都没有申报这些地区，或这些地区都已有配送企业。"
    "请改选企业或地区，或去掉“只选”的条件。"
)


@requires(Permission.DELIVERY, roles=MAKERS)
def relation_choose(request: SignedInRequest) -> HttpResponse:
    """The desk of choosing; `look` asks what the ticks come to and writes nothing."""
    data = request.POST if request.method == "POST" else request.GET
    known, served = provinces(), served_provinces()
    enterprise, wanted = request.user.enterprise_id, data.get("province", "")
    products = own_winners(enterprise)
    named = [unit for unit in known if unit.code == wanted]
    province = named[0] if named else usual_province(enterprise, known, served, products)
    desk = ChoosingDesk(enterprise, province, products, Ticked.of(data))
    refusal = ""
    if request.method == "POST" and LOOK not in data:
        refusal = _choose(request, desk)
        if not refusal:
            return redirect(LIST)
    shown = {"provinces": known, "served": served, "refusal": refusal, **desk.shown()}
    shown["offers"] = bool(desk.products) and province.path in served
    status = REFUSED if refusal else 200
    return render(request, "distribution/relation_choose.html", shown, status=status)


def _choose(request: SignedInRequest, desk: ChoosingDesk) -> str:
    """Why it was refused; empty if it was done."""
    ticked = desk.ticked
    if ticked.lacks:
        return f"还没有勾选{ticked.lacks}。勾选之后再保存。"
    if desk.is_too_much:
        return f"一次最多选择 {MOST:,} 条，现在是 {ticked.wish.number:,} 条。请分批选择。"
    if not desk.proposals:
        return NOTHING_LEFT
    try:
        done = choose(desk.proposals, by=request.actor, submit="submit" in request.POST)
    except RelationRefused as refused:
        return str(refused)
    messages.success(request, _sentence(done))
    return ""


def _sentence(done: Chosen) -> str:
    said = f"新增 {done.created:,} 条配送关系"
    if done.known:
        said += f"，{done.known:,} 条原来已有，保持不变"
    return said + (f"，已提交 {done.submitted:,} 条。" if done.submitted else "。")


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
