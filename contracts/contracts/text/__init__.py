"""How text comes in: one room for what people type, used by the contracts at the door.

Pages, API, forms, imports and search pass through the same contracts, so that whatever way a name takes, it is stored
in one form. Used twice, every function here gives what it gave once.
"""

from contracts.text.bounds import Bounded, size_of
from contracts.text.characters import has_letters, legible, plain, strange
from contracts.text.counting import solid_length
from contracts.text.dates import Day, day
from contracts.text.kinds import (
    Compact,
    Email,
    Line,
    Login,
    Masked,
    Mobile,
    Name,
    OneTimeCode,
    Paragraphs,
    Password,
    Title,
)
from contracts.text.lines import line, paragraphs, title
from contracts.text.names import name, name_key, same_name
from contracts.text.numbers import compact, email, login, masked, mobile, password, respelled, spelled
from contracts.text.search import search_key

__all__ = [
    "Bounded",
    "Compact",
    "Day",
    "Email",
    "Line",
    "Login",
    "Masked",
    "Mobile",
    "Name",
    "OneTimeCode",
    "Paragraphs",
    "Password",
    "Title",
    "compact",
    "day",
    "email",
    "has_letters",
    "legible",
    "line",
    "login",
    "masked",
    "mobile",
    "name",
    "name_key",
    "paragraphs",
    "password",
    "plain",
    "respelled",
    "same_name",
    "search_key",
    "size_of",
    "solid_length",
    "spelled",
    "strange",
    "title",
]
