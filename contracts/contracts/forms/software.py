"""计算机软件著作权登记申请 (R11)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Model
from contracts.forms.parts import NUMBER, Collection, Contact, Delivery, Flag, Owner, Place
from contracts.text import Compact, Day, Line, Paragraphs, Title

SoftwareAcquisition = Literal["original", "assignment", "succession", "inheritance"]
SoftwareClass = Literal["application", "embedded", "middleware", "operating_system"]
SoftwareRight = Literal[
    "publication",
    "attribution",
    "revision",
    "reproduction",
    "distribution",
    "rental",
    "network_dissemination",
    "translation",
    "other",
]
"""条例 art. 8."""
DevelopmentMode = Literal["own", "joint", "commissioned", "assigned"]
ExceptionalKind = Literal["masked", "ten_fifty", "object_code"]
"""办法 art. 12; the same words as :class:`contracts.tools.DepositOptions`."""
Characteristic = Literal[
    "app",
    "game",
    "education",
    "finance",
    "medical",
    "geographic",
    "cloud",
    "security",
    "big_data",
    "artificial_intelligence",
    "virtual_reality",
    "5g",
    "mini_program",
    "internet_of_things",
    "smart_city",
]
LISTED_LANGUAGES = (
    "Assembly",
    "C",
    "C#",
    "C++",
    "Delphi/Object Pascal",
    "Go",
    "HTML",
    "Java",
    "JavaScript",
    "MATLAB",
    "Objective-C",
    "PHP",
    "PL/SQL",
    "Perl",
    "Python",
    "R",
    "Ruby",
    "SQL",
    "Swift",
    "Visual Basic",
    "Visual Basic .Net",
)
"""Programming languages that the form lists; others are written as they are called."""
MOST_LANGUAGES = 30


class AiAssistance(Model):
    """What of a program was made with tools of artificial intelligence, where policy asks for it."""

    ai_used: Literal["no", "yes"] | None = None
    parts: list[Literal["source_code", "documents", "interface", "data", "other"]] = Field(default=[], max_length=10)
    ai_tools: Annotated[str, Line(200)] = ""
    remarks: Annotated[str, Paragraphs(500)] = ""


class SoftwareForm(Model):
    """计算机软件著作权登记申请 (R11)."""

    full_name: Annotated[str, Title(120)] = ""
    full_name_confirmed: Flag = Field(default=False, description="the applicant keeps a name that was questioned")
    short_name: Annotated[str, Title(60)] = ""
    version: Annotated[str, Line(40)] = ""
    classification: SoftwareClass | None = None
    origin: Literal["original", "modified"] | None = None
    modification_note: Annotated[str, Paragraphs(3000)] = ""
    modified_registration_number: Annotated[str, Compact(40)] = ""
    modified_owner: Literal["applicant", "other"] | None = Field(
        default=None, description="whose the software is that was modified; that of others takes their licence"
    )
    development_mode: DevelopmentMode | None = None
    work_for_hire: Flag = Field(default=False, description="developed by employees as their job, owned by the employer")
    completion_date: Day | None = None
    publication: Literal["unpublished", "published"] | None = None
    publication_date: Day | None = None
    publication_place: Place | None = None
    owners: list[Owner] = Field(default=[], max_length=100)
    acquisition: SoftwareAcquisition | None = None
    never_registered: Flag = Field(default=False, description="the former owner had not registered the software")
    earlier_registration_number: Annotated[str, Compact(40)] = ""
    earlier_certificate_number: Annotated[str, Line(60)] = Field(
        default="", description="of the change or supplement that was registered since"
    )
    rights_scope: Literal["all", "partial"] = "all"
    rights: list[SoftwareRight] = Field(default=[], max_length=100)
    development_hardware: Annotated[str, Line(50)] = ""
    running_hardware: Annotated[str, Line(50)] = ""
    development_system: Annotated[str, Line(50)] = ""
    development_tools: Annotated[str, Line(50)] = ""
    running_platform: Annotated[str, Line(50)] = ""
    supporting_software: Annotated[str, Line(50)] = ""
    languages: list[Annotated[str, Line(120)]] = Field(default=[], max_length=MOST_LANGUAGES)
    source_lines: Annotated[int, Field(ge=1, le=1_000_000_000), NUMBER] | None = None
    purpose: Annotated[str, Line(50)] = ""
    industry: Annotated[str, Line(50)] = ""
    functions: Annotated[str, Paragraphs(3000)] = ""
    characteristics: list[Characteristic] = Field(default=[], max_length=50)
    characteristics_note: Annotated[str, Line(100)] = ""
    deposit_kind: Literal["general", "exceptional"] = "general"
    exceptional_kind: ExceptionalKind | None = None
    document_kinds: Literal["one", "several"] = "one"
    document_count: Annotated[int, Field(ge=2, le=20), NUMBER] | None = Field(
        default=None, description="of several kinds of document"
    )
    seal_deposit: Flag = Field(default=False, description="封存: the deposit is sealed with the registration")
    ai_assistance: AiAssistance = AiAssistance()
    filing_mode: Literal["applicant", "agent"] = "applicant"
    collection: Collection = "electronic"
    delivery: Delivery | None = None
    contact: Contact = Contact()
