"""The application forms. A draft may leave all out; filing's rules say what is missing."""

from contracts.forms.parts import FORM_BYTES, FORM_DEPTH, Author, Contact, FilingType, FormData, Kind, Owner, Place
from contracts.forms.problems import FIELD_PROBLEMS
from contracts.forms.work import Acquisition, Category, Description, Ownership, Right, WorkForm

__all__ = [
    "FIELD_PROBLEMS",
    "FORM_BYTES",
    "FORM_DEPTH",
    "Acquisition",
    "Author",
    "Category",
    "Contact",
    "Description",
    "FilingType",
    "FormData",
    "Kind",
    "Owner",
    "Ownership",
    "Place",
    "Right",
    "WorkForm",
]
