"""材料: files of a case, each with its check."""

from __future__ import annotations

from contracts.base import ACCOUNT, SIGNED_IN, Identifier
from contracts.filing import (
    ATTACH_MATERIAL,
    OPEN_MATERIAL,
    ORDER_MATERIALS,
    REMOVE_MATERIAL,
    ApplicationView,
    AttachMaterial,
    MaterialRole,
    MaterialView,
    OpenMaterial,
    OrderMaterials,
    RemoveMaterial,
)
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api.applications import with_version
from gateway.uploads import receipt_for
from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.documents import deliver

routes = ApiGroup("materials", _l("材料"))


class NewMaterial(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: MaterialRole
    upload_id: str = Field(max_length=64)


class MaterialOrder(BaseModel):
    """Every material of the case, once, in the order in which it is shown and printed."""

    model_config = ConfigDict(extra="forbid")

    material_ids: list[Identifier] = Field(max_length=1000)


@routes.post(
    "/applications/<application_id>/materials",
    _l("添加材料"),
    access=ACCOUNT,
    body=NewMaterial,
    reply=MaterialView,
    status=201,
    problems=(
        "application_unknown",
        "application_frozen",
        "material_role_invalid",
        "material_too_many",
        "material_unchanged",
        "work_too_many",
        "upload_unknown",
        "upload_incomplete",
    ),
)
def attach_material(application_id: str, body: NewMaterial) -> MaterialView:
    """Its check starts at once; ``GET`` the application until ``precheck.state`` is ``done``."""
    receipt = receipt_for(body.upload_id).token
    return call(ATTACH_MATERIAL, AttachMaterial(application_id=application_id, role=body.role, receipt=receipt))


@routes.route(
    "PUT",
    "/applications/<application_id>/materials/order",
    _l("材料排序"),
    access=ACCOUNT,
    body=MaterialOrder,
    reply=ApplicationView,
    problems=("application_unknown", "application_frozen", "material_order_invalid"),
)
def order_materials(application_id: str, body: MaterialOrder) -> Reply:
    """All ids of a draft's materials, in the order they are to be read."""
    asked = OrderMaterials(application_id=application_id, material_ids=body.material_ids)
    return with_version(call(ORDER_MATERIALS, asked))


@routes.delete(
    "/applications/<application_id>/materials/<material_id>",
    _l("移除材料"),
    access=ACCOUNT,
    reply=ApplicationView,
    problems=("application_unknown", "application_frozen", "material_unknown"),
)
def remove_material(application_id: str, material_id: str) -> Reply:
    """From a draft, or from what an open correction added."""
    asked = RemoveMaterial(application_id=application_id, material_id=material_id)
    return with_version(call(REMOVE_MATERIAL, asked))


@routes.get(
    "/applications/<application_id>/materials/<material_id>/file",
    _l("下载材料"),
    access=SIGNED_IN,
    raw=True,
    content_type="*/*",
    problems=("application_unknown", "material_unknown", "material_quarantined", "material_unscanned"),
)
def open_material(application_id: str, material_id: str) -> Response:
    """The bytes as they were uploaded or repaired."""
    return deliver(call(OPEN_MATERIAL, OpenMaterial(application_id=application_id, material_id=material_id)))
