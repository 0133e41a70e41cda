"""Contracts of what was signed and sealed, of many cases at once."""

from __future__ import annotations

from pydantic import Field

from contracts.base import SIGNED_IN, Identifier, Model, RpcMethod
from contracts.objects import DocumentRef

MOST_CASES = 200


class ListSignedForms(Model):
    """Of these cases the application forms that carry their signatures."""

    application_ids: list[Identifier] = Field(max_length=MOST_CASES)


class SignedForm(Model):
    """``signed_sha256``: the file that was signed, which ``document`` is with its signature in it."""

    application_id: str
    document: DocumentRef
    signed_sha256: str = ""


class SignedForms(Model):
    """Of each case the newest; cases without one, and those of others, are left out. ``stuck``: cases whose form could
    not be given its signature, so that somebody of the office has to see why."""

    items: list[SignedForm]
    stuck: list[str] = []


LIST_SIGNED_FORMS = RpcMethod("archive", "list_signed_forms", ListSignedForms, SignedForms, SIGNED_IN)
