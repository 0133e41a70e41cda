"""A work from sign-up to its certificate, step by step, in the sandbox: what a partner's program does.

What each sends is the example of its operation, with some values put in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from gateway.api_guide.model import Part, Step
from gateway.api_guide.repeated import ME, codes, staff, token_of, upload

INPUTS: Mapping[str, Any] = {
    "mobile": _l("手机号，演示环境里随便写一个没有注册过的"),
    "password": _l("自己定的密码"),
    "name": _l("姓名"),
    "id_number": _l("身份证号"),
    "id_front": _l("身份证人像面的照片"),
    "id_back": _l("身份证国徽面的照片"),
    "handheld": _l("手持身份证的照片"),
    "sample": _l("作品样本，PDF"),
}
"""What one brings along; the last four are files."""
SAMPLE_INPUTS: Mapping[str, str] = {
    "mobile": "13800138000",
    "password": "river stones 1998",
    "name": "张三",
    "id_number": "11010119900307109X",
}


_CASE = {"application_id": "$steps.draft.outputs.application_id"}

PARTS: tuple[Part, ...] = (
    Part(
        _l("注册并登录"),
        (
            Step(
                "notices",
                "notices_in_force",
                _l("现行的隐私说明、服务条款和人脸照片同意书；请让申请人看过全文再替其表示同意。"),
                gives={"privacy": "/items/0/version", "terms": "/items/1/version", "face": "/items/2/version"},
            ),
            Step(
                "ask_code",
                "request_otp",
                _l("要一个短信验证码。"),
                puts={"/mobile": "$inputs.mobile"},
            ),
            codes("sign_up"),
            Step(
                "sign_up",
                "register_account",
                _l("用验证码注册个人账号；机构账号另带统一社会信用代码和公章图片。"),
                puts={f"/{name}": f"$inputs.{name}" for name in ("mobile", "password", "name", "id_number")}
                | {"/otp": "$steps.sign_up_code.outputs.code"}
                | {f"/agreed_{name}": f"$steps.notices.outputs.{name}" for name in ("privacy", "terms")},
            ),
            Step(
                "sign_in",
                "create_session",
                _l("换取访问令牌，一刻钟内有效；过期后用 refresh_token 换新的。"),
                puts={"/login": "$inputs.mobile", "/password": "$inputs.password"},
                gives={"token": "/access_token"},
            ),
        ),
    ),
    Part(
        _l("实名认证，一个账号只做一次"),
        (
            Step(
                "face_consent",
                "give_consent",
                _l("手持证件照里有本人的面部，上传之前要单独同意。"),
                by=ME,
                puts={"/version": "$steps.notices.outputs.face"},
            ),
            upload("id_front", "id_image", _l("上传身份证人像面。大文件请改用 tus 断点续传，地址相同。")),
            upload("id_back", "id_image", _l("上传国徽面。")),
            upload("handheld", "id_image", _l("上传手持证件照。")),
            Step(
                "verify",
                "submit_verification",
                _l("提交三张照片。"),
                by=ME,
                puts={
                    f"/{name}": f"$steps.upload_{name}.outputs.{name}_id"
                    for name in ("id_front", "id_back", "handheld")
                },
                gives={"verification_id": "/verification_id"},
            ),
            Step(
                "photos_checked",
                "get_verification",
                _l("等照片检查完；notes 里是看到的问题。"),
                by=ME,
                path={"verification_id": "$steps.verify.outputs.verification_id"},
                until=("/check", "done"),
            ),
        ),
    ),
    Part(
        _l("登记机构核对身份"),
        (
            *staff("reviewer", _l("正式环境里由登记机构核对；演示环境里由您扮演认证审核员。")),
            Step(
                "approve_identity",
                "decide_verification",
                _l("通过认证。申请人会收到消息。"),
                by=token_of("reviewer"),
                path={"verification_id": "$steps.verify.outputs.verification_id"},
            ),
        ),
        office=True,
    ),
    Part(
        _l("填写申请，上传作品"),
        (
            Step(
                "draft",
                "create_application",
                _l("新建申请。没有填的以后用 PATCH 补；每次回答里都有还缺什么。"),
                by=ME,
                puts={
                    "/form/authors/0/name": "$inputs.name",
                    "/form/owners/0/name": "$inputs.name",
                    "/form/contact/name": "$inputs.name",
                    "/form/contact/mobile": "$inputs.mobile",
                },
                gives={"application_id": "/application_id"},
            ),
            upload("sample", "material", _l("上传作品样本。")),
            Step(
                "attach",
                "attach_material",
                _l("把样本放进申请。"),
                by=ME,
                path=_CASE,
                puts={"/upload_id": "$steps.upload_sample.outputs.sample_id"},
            ),
            Step(
                "sample_checked",
                "get_application",
                _l("等样本检查完；不合要求时 findings 说明哪里、怎么改。"),
                by=ME,
                path=_CASE,
                until=("/materials/0/precheck/state", "done"),
            ),
        ),
    ),
    Part(
        _l("签名并提交"),
        (
            Step(
                "declaration",
                "prepare_submission",
                _l("生成权利声明，回答里有应缴的费用。还缺什么时一次全部列出。"),
                by=ME,
                path=_CASE,
                gives={"sha256": "/sha256"},
                again=True,
            ),
            Step(
                "ask_signature",
                "request_otp",
                _l("要一个签名用的验证码。"),
                by=ME,
                puts={"/mobile": "$inputs.mobile", "/purpose": "sign"},
            ),
            codes("sign"),
            Step(
                "submit",
                "submit_application",
                _l("签名并提交。sha256 保证签的就是看过的那一份。回答里有流水号。"),
                by=ME,
                path=_CASE,
                puts={"/otp": "$steps.sign_code.outputs.code", "/sha256": "$steps.declaration.outputs.sha256"},
                gives={"serial_number": "/serial_number"},
            ),
        ),
    ),
    Part(
        _l("缴费"),
        (
            Step(
                "order",
                "get_order_of_application",
                _l("取缴费单；提交之后稍等片刻才有。金额以分计。"),
                by=ME,
                path=_CASE,
                gives={"order_id": "/order_id"},
                again=True,
            ),
            Step(
                "pay",
                "start_payment",
                _l("选择支付方式，回答里是付款码或付款地址。"),
                by=ME,
                path={"order_id": "$steps.order.outputs.order_id"},
                gives={"payment_id": "/payment_id"},
            ),
            Step(
                "paid",
                "sandbox_pay",
                _l("正式环境里由付款人扫码；演示环境里由模拟支付平台付款，它的通知带真实签名。"),
                path={"payment_id": "$steps.pay.outputs.payment_id"},
            ),
            Step(
                "accepted",
                "get_application",
                _l("等受理号。之后任何人都可以按受理号查询进度。"),
                by=ME,
                path=_CASE,
                gives={"acceptance_number": "/acceptance_number"},
                until=("/acceptance_number", None),
            ),
        ),
    ),
    Part(
        _l("登记机构收件、审查"),
        (
            *staff("intake", _l("演示环境里由您扮演收件员。")),
            Step(
                "paper",
                "receive_paper",
                _l("登记收到的纸质材料。"),
                by=token_of("intake"),
                puts={"/serial_number": "$steps.submit.outputs.serial_number"},
            ),
            *staff("examiner", _l("再扮演审查员。")),
            Step("claim", "claim_examination", _l("领取案件。"), by=token_of("examiner"), path=_CASE),
            Step(
                "approve",
                "decide_examination",
                _l("准予登记。改为 correct 并写明缺陷，就可以试补正。"),
                by=token_of("examiner"),
                path=_CASE,
                puts={"/decision": "approve", "/defects": []},
            ),
        ),
        office=True,
    ),
    Part(
        _l("取证书，任何人都可以核验"),
        (
            Step(
                "registered",
                "get_application",
                _l("等登记完成。"),
                by=ME,
                path=_CASE,
                gives={"registration_number": "/registration_number"},
                until=("/state", "registered"),
            ),
            Step(
                "certificates",
                "list_certificates",
                _l("证书做好后列在这里。"),
                by=ME,
                gives={"document_id": "/items/0/document/document_id"},
                until=("/items/0/document/document_id", None),
            ),
            Step(
                "certificate",
                "get_document",
                _l("下载证书：带数字签名和时间戳的 PDF。"),
                by=ME,
                path={"document_id": "$steps.certificates.outputs.document_id"},
            ),
            Step(
                "check",
                "check_certificate",
                _l("不用登录，按登记号核验。"),
                path={"registration_number": "$steps.registered.outputs.registration_number"},
                until=("/status", "valid"),
            ),
        ),
    ),
)
