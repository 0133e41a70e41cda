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
    application_id: str
    document: DocumentRef


class SignedForms(Model):
    """Of each case the newest; cases without one, and those of others, are left out."""

    items: list[SignedForm]


LIST_SIGNED_FORMS = RpcMethod("archive", "list_signed_forms", ListSignedForms, SignedForms, SIGNED_IN)
