"""The files of a case."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Client, Identifier, Model, RpcMethod, Token
from contracts.filing.cases import ApplicationView, MaterialRole, MaterialView
from contracts.forms import FormData
from contracts.objects import DocumentRef
from contracts.tools import DepositOptions, JobView

_S = "filing"


class ReplaceMaterial(Model):
    """Puts another file (a repaired one) in the place of a material: same role, same position."""

    application_id: Identifier
    material_id: Identifier
    receipt: Token


class AttachMaterial(Model):
    application_id: Identifier
    role: MaterialRole
    receipt: Token


class RemoveMaterial(Model):
    application_id: Identifier
    material_id: Identifier


class OrderMaterials(Model):
    """The order in which materials are shown and printed: every material of the case, once."""

    application_id: Identifier
    material_ids: list[Identifier] = Field(max_length=1000)


class OpenMaterial(Model):
    """Owner or staff working on the case asks for the bytes of a material."""

    application_id: Identifier
    material_id: Identifier


class BuildDeposit(Model, personal=("form",), added=("language", "network")):
    """Asks for the deposit of a case's program and document, by the name, version and mode of its form.

    Receipts of uploads as in :class:`contracts.tools.CreateDeposit`; of the options ``mode`` is the form's. ``form``:
    fields that the answer to a correction is going to change, which nobody has saved yet.
    """

    application_id: Identifier
    form: FormData = {}
    source: list[Token] = Field(default=[], max_length=400)
    document: Token = ""
    object_code: Token = ""
    options: DepositOptions = DepositOptions()
    language: Literal["zh", "en"] = "zh"
    network: str = Field(default="", max_length=60, description="where the caller comes from: their turn in the queue")


class AttachDeposit(Model, added=("language", "client")):
    """Puts what a finished deposit job made among the case's files; once or twice is the same."""

    application_id: Identifier
    job_id: Identifier
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that asks: what it made itself is its own")


ATTACH_MATERIAL = RpcMethod(_S, "attach_material", AttachMaterial, MaterialView, ACCOUNT, "command")


REMOVE_MATERIAL = RpcMethod(_S, "remove_material", RemoveMaterial, ApplicationView, ACCOUNT, "command")


ORDER_MATERIALS = RpcMethod(
    _S, "order_materials", OrderMaterials, ApplicationView, ACCOUNT, "command", keep_reply=False
)


OPEN_MATERIAL = RpcMethod(_S, "open_material", OpenMaterial, DocumentRef, SIGNED_IN)


REPLACE_MATERIAL = RpcMethod(_S, "replace_material", ReplaceMaterial, MaterialView, ACCOUNT, "command")


BUILD_DEPOSIT = RpcMethod(_S, "build_deposit", BuildDeposit, JobView, ACCOUNT, "command")


ATTACH_DEPOSIT = RpcMethod(_S, "attach_deposit", AttachDeposit, ApplicationView, ACCOUNT, "command")


class RenderTemplate(Model):
    """A form to fill in and upload as a material (``MaterialNeed.template``); prefilled for a draft of one's own."""

    name: str = Field(pattern=r"^[a-z_]{1,40}$", max_length=40)
    application_id: Identifier | None = None


RENDER_TEMPLATE = RpcMethod(_S, "render_template", RenderTemplate, DocumentRef, ANONYMOUS)


class ListCaseFiles(Model):
    application_id: Identifier


class CaseFile(Model):
    """A file of a case, as its party keeps it. ``document``: none of what is left out; ``why``: *sealed* of a deposit
    that lies sealed, *quarantined* of what must not be opened."""

    material_id: str
    role: str
    file_name: str
    document: DocumentRef | None = None
    why: Literal["", "sealed", "quarantined"] = ""


class CaseFiles(Model):
    items: list[CaseFile]


LIST_CASE_FILES = RpcMethod(_S, "list_case_files", ListCaseFiles, CaseFiles, ACCOUNT)
