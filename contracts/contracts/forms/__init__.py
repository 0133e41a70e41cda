"""The application forms. A draft may leave all out; filing's rules say what is missing."""

from collections.abc import Mapping

from contracts.base import Model
from contracts.forms.certificates import (
    CancellationForm,
    ReissueForm,
    SoftwareCancellationForm,
    SoftwareReissueForm,
    WorkCancellationForm,
    WorkReissueForm,
)
from contracts.forms.change import (
    ChangedAuthor,
    ChangedOwner,
    ChangeForm,
    Registered,
    RegisteredAuthor,
    RegisteredOwner,
    SoftwareChangeForm,
    WorkChangeForm,
)
from contracts.forms.description import (
    Choice,
    Filer,
    FormDescription,
    FormField,
    FormStep,
    MaterialNeed,
    RowWords,
    ShownWhen,
    Widget,
)
from contracts.forms.parts import (
    FORM_BYTES,
    FORM_DEPTH,
    REGISTRATIONS,
    Author,
    Contact,
    FilingType,
    FormData,
    Kind,
    Owner,
    Place,
)
from contracts.forms.problems import FIELD_PROBLEMS
from contracts.forms.software import LISTED_LANGUAGES, AiAssistance, SoftwareForm
from contracts.forms.work import Acquisition, Category, Description, Duration, Ownership, Right, SampleForm, WorkForm

FORMS: Mapping[FilingType, type[Model]] = {
    "work_registration": WorkForm,
    "software_registration": SoftwareForm,
    "work_change": WorkChangeForm,
    "software_change": SoftwareChangeForm,
    "work_reissue": WorkReissueForm,
    "software_reissue": SoftwareReissueForm,
    "work_cancellation": WorkCancellationForm,
    "software_cancellation": SoftwareCancellationForm,
}
"""The form of each filing type: its shape, and what an empty one says."""

__all__ = [
    "FIELD_PROBLEMS",
    "FORMS",
    "FORM_BYTES",
    "FORM_DEPTH",
    "LISTED_LANGUAGES",
    "REGISTRATIONS",
    "Acquisition",
    "AiAssistance",
    "Author",
    "CancellationForm",
    "Category",
    "ChangeForm",
    "ChangedAuthor",
    "ChangedOwner",
    "Choice",
    "Contact",
    "Description",
    "Duration",
    "Filer",
    "FilingType",
    "FormData",
    "FormDescription",
    "FormField",
    "FormStep",
    "Kind",
    "MaterialNeed",
    "Owner",
    "Ownership",
    "Place",
    "Registered",
    "RegisteredAuthor",
    "RegisteredOwner",
    "ReissueForm",
    "Right",
    "RowWords",
    "SampleForm",
    "ShownWhen",
    "SoftwareCancellationForm",
    "SoftwareChangeForm",
    "SoftwareForm",
    "SoftwareReissueForm",
    "Widget",
    "WorkCancellationForm",
    "WorkChangeForm",
    "WorkForm",
    "WorkReissueForm",
]
