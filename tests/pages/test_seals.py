"""领取方式 and 封存 on the pages: a paper certificate that was chosen in the form, and a deposit that is sealed and
opened on the order of a court."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from chassis.testing import staff_actor
from flask.testing import FlaskClient

from tests import author
from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_changes import Owner

HOME = {
    "recipient": "林小雨",
    "telephone": "01066668888",
    "province": "北京市",
    "city": "北京市西城区",
    "street": "天桥南大街1号",
    "postcode": "100050",
}
ORDER = {"court": "长江区人民法院", "order_number": "（2026）长01民初1号"}


@pytest.fixture(scope="module")
def owner(system: System) -> Iterator[Owner]:
    plain = author.form
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(author, "form", lambda number: plain(number) | {"collection": "ems", "delivery": HOME})
        yield Owner.registered(system)


@pytest.fixture(scope="module")
def browser(owner: Owner) -> FlaskClient:
    return sign_in(owner)[0]


def office(system: System, role: str, subject: str) -> FlaskClient:
    return system.client(system.token(staff_actor(role, id=subject)))


@pytest.mark.requirement("A-01")
def test_paper_that_was_chosen_in_the_form_waits_with_the_certificate(owner: Owner, browser: FlaskClient) -> None:
    case, number = owner.ids["application_id"], owner.ids["registration_number"]
    place = f"/account/certificates/{quote(number)}/parcel"
    for page in (f"/account/applications/{case}", "/account/certificates"):
        shown = browser.get(page).text
        assert ("待打印" in shown, place in shown, HOME["street"] in shown) == (True, True, False), page
    assert HOME["street"] in browser.get(place).text
    clerk = office(owner.system, "archivist", "acc-clerk")
    assert number in clerk.get("/staff/mailing").text
    for told in (
        owner.system.client().get(f"/verify/{number}").text,
        owner.system.client().get(f"/query?number={number}").text,
        clerk.get(f"/staff/lookups/cases/{case}?purpose=complaint").text,
        clerk.get("/staff/mailing").text,
    ):
        assert HOME["street"] not in told
    assert post(browser, f"{place}/cancel", place).status_code == 303
    shown = browser.get(place).text
    assert ("您取消了邮寄" in shown, HOME["street"] in shown) == (True, False)
    assert number not in clerk.get("/staff/mailing").text
    assert post(browser, place, place, **HOME).status_code == 303
    assert clerk.post("/staff/mailing/batches").status_code == 303
    late = post(browser, f"{place}/cancel", place)
    assert (late.status_code, "已经打印" in late.text) == (409, True)


@pytest.mark.requirement("F-01")
@pytest.mark.requirement("A-05")
def test_a_deposit_is_sealed_and_opened_by_two_on_the_order_of_a_court(owner: Owner, browser: FlaskClient) -> None:
    case, number = owner.ids["application_id"], owner.ids["registration_number"]
    page, desk = f"/account/applications/{case}/seal", f"/staff/seals/{case}"
    assert page in browser.get("/account/certificates").text
    assert page in browser.get(f"/account/applications/{case}").text
    file = owner.get(f"/applications/{case}")["materials"][0]["material_id"]
    first, second = (office(owner.system, role, f"acc-{role}") for role in ("archivist", "senior_examiner"))
    look, raw = f"{desk}/materials/{file}", f"/api/v1/applications/{case}/materials/{file}/file"
    assert first.get(raw).status_code == 200
    examined, withheld = f"/staff/examinations/{case}", "预检读到的内容与文件一样不再显示"
    examiner = office(owner.system, "examiner", "acc-examiner")
    assert withheld not in examiner.get(examined).text
    assert post(browser, page, page, step="seal").status_code == 303
    owner.system.settle()
    assert "已封存" in browser.get(page).text
    assert "交存的材料已封存" in owner.system.client().get(f"/verify/{number}").text
    assert withheld in examiner.get(examined).text
    for client in (first, second, office(owner.system, "administrator", "acc-admin")):
        assert client.get(raw).get_json()["code"] == "deposit_sealed"
    refused = first.get(look)
    assert refused.status_code == 403
    assert ("凭法院文书" in refused.text, "相应的岗位" in refused.text) == (True, False)
    listed = first.get(f"/staff/lookups/cases/{case}?purpose=complaint").text
    assert (f"/materials/{file}" in listed, ">已封存<" in listed or "已封存</" in listed) == (False, True)
    examiner = office(owner.system, "examiner", "acc-examiner")
    framed = examiner.get(f"/staff/examinations/{case}?view={file}").text
    assert "申请人封存了登记时提交的样本" in framed
    assert f'/materials/{file}" alt' not in framed
    assert f'<iframe name="viewer" src="/staff/examinations/{case}/materials/{file}' not in framed
    assert browser.get(f"/account/applications/{case}/materials/{file}/file").status_code == 200

    assert desk in first.get(f"/staff/lookups/cases/{case}?purpose=complaint").text
    assert "提出启封" in first.get(desk).text
    assert first.post(f"{desk}/openings", data=ORDER | {"court": ""}).status_code == 422
    assert first.post(f"{desk}/openings", data=ORDER).status_code == 303
    assert desk in second.get("/staff/seals").text
    assert "启封查看" in second.get("/staff").text
    opening = first.get("/api/v1/staff/seal-openings").get_json()["items"][0]["opening_id"]
    decide = f"{desk}/openings/{opening}"
    own, others = first.get(desk).text, second.get(desk).text
    assert ("确认启封" in own, ">收回<" in own, ">驳回<" in own) == (False, True, False)
    assert ("确认启封" in others, ">驳回<" in others, "由acc-archivist提出" in others) == (True, True, True)
    assert first.post(decide, data={"step": "confirm"}).status_code == 409
    assert second.post(decide, data={"step": "confirm"}).status_code == 303
    owner.system.settle()
    for client in (first, second):
        assert look in client.get(desk).text
        assert client.get(look).data.startswith(b"%PDF")
    assert office(owner.system, "archivist", "acc-third").get(look).status_code == 403
    assert ORDER["order_number"] in browser.get(page).text
    assert any(ORDER["order_number"] in one["body"] for one in owner.get("/messages")["items"])
    assert ORDER["court"] not in owner.system.client().get(f"/verify/{number}").text
    unsure = post(browser, page, page, step="lift")
    assert (unsure.status_code, "请先勾选确认" in unsure.text) == (422, True)
    assert "马上又能打开" in browser.get(page).text
    assert post(browser, page, page, step="lift", confirmed="yes").status_code == 303
    assert office(owner.system, "archivist", "acc-third").get(look).status_code == 200
