"""邮寄纸质证书: the applicant asks for the paper certificate, corrects the address, and sees where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chassis.errors import Problem
from contracts.mailing import (
    ASK_PARCEL,
    CANCEL_PARCEL,
    LIST_PARCELS,
    OPEN_PARCEL,
    AskParcel,
    CancelParcel,
    ListParcels,
    OpenParcel,
    ParcelPlace,
    ParcelView,
    PostalAddress,
)
from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.pages.mailing_words import address_labels, parcel_states, return_reasons
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = applicants_only(Blueprint("mailing", __name__, url_prefix="/account/certificates"))
Answer = str | Response | tuple[str, int]
FIELDS = tuple(PostalAddress.model_fields)
NOT_OURS = ("registration_number_unknown", "certificate_of_another")


@pages.get("/<registration_number>/parcel")
def parcel(registration_number: str) -> str:
    """Where it is and where it goes; the form while either can change."""
    place = call(OPEN_PARCEL, OpenParcel(registration_number=registration_number))
    return _page(place, PageForm(_address(place)))


@pages.post("/<registration_number>/parcel")
def ask(registration_number: str) -> Answer:
    """Asks for it, or corrects the address. What came back from just this address is asked about once."""
    form = PageForm.from_request().called(lambda field: address_labels().get(field, ""))
    try:
        address = entered(PostalAddress, **{name: form.value(name) for name in FIELDS})
        if not form.value("same_address"):
            place = call(OPEN_PARCEL, OpenParcel(registration_number=registration_number))
            if came_back_from(place, address):
                return _page(place, form, same=True), 422
        call(ASK_PARCEL, entered(AskParcel, registration_number=registration_number, address=address))
    except Problem as problem:
        if problem.code in NOT_OURS or problem.status >= 500:
            raise
        place = call(OPEN_PARCEL, OpenParcel(registration_number=registration_number))
        return _page(place, form.refused(problem)), problem.status
    flash(_("已记下。寄出时会发消息告诉您 EMS 单号。"), "success")
    return redirect(url_for("mailing.parcel", registration_number=registration_number), 303)


@pages.post("/<registration_number>/parcel/cancel")
def cancel(registration_number: str) -> Answer:
    """No paper after all, as long as it is in no batch."""
    try:
        call(CANCEL_PARCEL, entered(CancelParcel, registration_number=registration_number))
    except Problem as problem:
        if problem.code in NOT_OURS or problem.status >= 500:
            raise
        place = call(OPEN_PARCEL, OpenParcel(registration_number=registration_number))
        return _page(place, PageForm(_address(place)).refused(problem)), problem.status
    flash(_("已取消邮寄，地址已删除。电子证书照样可以下载。"), "success")
    return redirect(url_for("mailing.parcel", registration_number=registration_number), 303)


def came_back_from(place: ParcelPlace, address: PostalAddress) -> bool:
    """Whether the last parcel was returned from just this address."""
    last = place.parcel
    return last is not None and last.state == "returned" and last.address == address


def came_back() -> list[ParcelView]:
    """What of one's own was returned and waits for another address; nothing where nobody can say now."""
    try:
        return call(LIST_PARCELS, ListParcels()).items
    except Problem as problem:
        if problem.status < 500:
            raise
        return []


def parcels_of(registration_numbers: Iterable[str]) -> Mapping[str, ParcelView]:
    """The last parcel of each, for lists and cases; nothing where nobody can say now."""
    numbers = list(dict.fromkeys(registration_numbers))
    if not numbers:
        return {}
    try:
        found = call(LIST_PARCELS, ListParcels(registration_numbers=numbers)).items
    except Problem as problem:
        if problem.status < 500:
            raise
        return {}
    return {view.registration_number: view for view in found}


def _address(place: ParcelPlace) -> dict[str, str] | None:
    address = place.parcel.address if place.parcel else None
    return address.model_dump() if address else None


def _page(place: ParcelPlace, form: PageForm, *, same: bool = False) -> str:
    return render_template(
        "account/parcel.html", place=place, form=form, states=parcel_states(), reasons=return_reasons(), same=same
    )
