"""Drafts: opening and saving them, checking a form, and what a form asks for."""

from __future__ import annotations

from datetime import date
from typing import Literal

from contracts.base import ACCOUNT, ANONYMOUS, Empty, Identifier, Model, RpcMethod, Version
from contracts.extracts import ExtractToken
from contracts.filing.cases import ApplicationSummary, ApplicationView, FormReport
from contracts.filing.unsaved import StepName, UnsavedMarks
from contracts.forms import FilingType, FormData, FormDescription

_S = "filing"


class CreateApplication(Model, personal=("form", "extract"), added=("extract",)):
    """``extract``: what the register says, of a type that is about a registration."""

    type: FilingType
    form: FormData = {}
    extract: ExtractToken | None = None


class BeginApplication(Model, personal=("form", "extract"), added=("extract",)):
    """A draft for who chose what to register: one that nothing was entered into is used again. Without ``anew`` none is
    made beside others of the same choice that were begun: they are offered. ``extract``: as in CreateApplication; of a
    registration there is one draft, which is gone on with."""

    type: FilingType
    form: FormData = {}
    anew: bool = False
    extract: ExtractToken | None = None


class BegunApplication(Model):
    """The draft to go on with, or (none) the ``begun`` ones to choose from, newest first."""

    application_id: str | None = None
    begun: list[ApplicationSummary] = []


class BeginAgain(Model, personal=("extract",), added=("extract", "language")):
    """A new draft with the values and files of a case of one's own that was refused, withdrawn or lapsed; nothing of
    that case changes. A draft that came of it and was not changed since is used again. ``extract``: as in
    CreateApplication."""

    application_id: Identifier
    language: Literal["zh", "en"] = "zh"
    extract: ExtractToken | None = None


class DiscardApplication(Model):
    """Deletes a draft with its files, for good. Of a batch it is the batch that is given up or mended."""

    application_id: Identifier


class SavedStep(Model):
    """A step's page that saves, and what was kept of it unsaved that is settled by that."""

    step: StepName
    settled: UnsavedMarks = []


class SaveApplication(Model, personal=("form",)):
    """Merges ``form`` (top-level fields) into the draft; ``version`` as last read, else 409 ``version_conflict``.

    What the draft says already is no conflict: a save whose answer was lost can be sent again. The reply's ``report``
    says what is still missing: nobody needs to ask for it.
    """

    application_id: Identifier
    version: Version
    form: FormData
    language: Literal["zh", "en"] = "zh"
    page: SavedStep | None = None


class CheckForm(Model, personal=("form",)):
    """The same rules as submission, without changing anything: for the wizard's step and the batch file."""

    type: FilingType
    form: FormData
    language: Literal["zh", "en"] = "zh"


class DescribeForm(Model):
    """What a form asks for on a day, today without one. Of a case that was filed: its ``policy_on``."""

    type: FilingType
    language: Literal["zh", "en"] = "zh"
    on: date | None = None


CREATE_APPLICATION = RpcMethod(_S, "create_application", CreateApplication, ApplicationView, ACCOUNT, "command")


BEGIN_APPLICATION = RpcMethod(
    _S, "begin_application", BeginApplication, BegunApplication, ACCOUNT, "command", keep_reply=False
)
"""Sent again it finds what it made, unless somebody has written into that or deleted it: no reply is kept."""


BEGIN_AGAIN = RpcMethod(_S, "begin_again", BeginAgain, ApplicationView, ACCOUNT, "command")


DISCARD_APPLICATION = RpcMethod(_S, "discard_application", DiscardApplication, Empty, ACCOUNT, "command")


SAVE_APPLICATION = RpcMethod(
    _S, "save_application", SaveApplication, ApplicationView, ACCOUNT, "command", keep_reply=False
)


CHECK_FORM = RpcMethod(_S, "check_form", CheckForm, FormReport, ANONYMOUS)


DESCRIBE_FORM = RpcMethod(_S, "describe_form", DescribeForm, FormDescription, ANONYMOUS)
