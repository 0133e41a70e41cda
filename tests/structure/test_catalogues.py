"""Catalogues of words: the same texts with the same values in every language, each once, and none left over."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.support import Translations
from chassis.catalogues import LANGUAGES, compiled, read
from contracts.errors import STATUS
from contracts.forms import FIELD_PROBLEMS
from gateway.pages.staff_verifications import REASONS
from gateway.web.navigation import ACCOUNT_NAVIGATION
from gateway.web.problems import GATEWAY_STATUS
from gateway.web.texts import TEXTS
from identity.messages.model import TEXTS as MESSAGES

from tests.structure.source import nodes
from tests.structure.test_layers import PACKAGES, ROOT, modules

pytestmark = pytest.mark.requirement("W-04")

FOLDERS = sorted(
    {file.parent for package, folder in PACKAGES.items() for file in (ROOT / folder / package).rglob("texts/**/*.po")}
)
FORMS = {"zh": ("nplurals=1", 1), "en": ("nplurals=2", 2)}
NEVER_ONE = {"rows", "edge", "width", "height", "long_edge", "short_edge", "wanted", "listed", "least"}
"""Values that are limits and sizes far from one."""
NO_NUMBERS = {
    "accepted",
    "at",
    "due_on",
    "role",
    "file",
    "type",
    "account_name",
    "verification_id",
    "receipt",
    "contact_kind",
    "earlier",
    "missing",
    "signers",
}
"""Values that are words."""


@cache
def catalog(folder: Path, language: str) -> Catalog:
    with (folder / f"{language}.po").open("rb") as stream:
        return read_po(stream, locale=language)


def texts(folder: Path, language: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """(kind, code) → the forms of the text."""
    found = {}
    for message in catalog(folder, language):
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            code = message.id[0] if isinstance(message.id, tuple) else message.id
            found[str(message.context), code] = forms
    return found


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def counted(folder: Path, language: str) -> dict[tuple[str, str], str]:
    """(kind, code) → the value that changes the words."""
    found = [message for message in catalog(folder, language) if isinstance(message.id, tuple)]
    return {(str(message.context), message.id[0]): message.id[1] for message in found}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_language_has_the_same_texts_each_once(folder: Path) -> None:
    assert {file.name for file in folder.iterdir()} == {f"{language}.po" for language in LANGUAGES}
    known = texts(folder, "zh")
    assert known
    for language in LANGUAGES:
        there = catalog(folder, language)
        rule, forms = FORMS[language]
        assert (str(there.locale), there.plural_forms.split(";")[0]) == (language, rule)
        assert texts(folder, language).keys() == known.keys()
        assert counted(folder, language) == counted(folder, "zh")
        for key, said in texts(folder, language).items():
            assert len(said) == (forms if key in counted(folder, language) else 1), key
            assert all(text.strip() for text in said), key
        raw = (folder / f"{language}.po").read_text(encoding="utf-8")
        assert len(re.findall(r"(?m)^msgid ", raw)) == len(known) + 1, "a text stands twice in one file"
        assert "fuzzy" not in raw
        assert "#~" not in raw


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_form_in_every_language_has_the_same_values(folder: Path) -> None:
    for key in texts(folder, "zh"):
        named = {frozenset(values(text)) for language in LANGUAGES for text in texts(folder, language)[key]}
        assert len(named) == 1, key
        number = counted(folder, "zh").get(key)
        assert number is None or number.strip("{}") in next(iter(named)), key


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_number_changes_its_words(folder: Path) -> None:
    """``{count} pages`` has a form for one page; nobody writes ``page(s)``."""
    for key, forms in texts(folder, "en").items():
        for text in forms:
            assert "(s)" not in text, key
            assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"《.*?》|（.*?）", "", text)) or key[0] == "basis", key
        if len(forms) > 1:
            continue
        found = re.findall(r"\{(\w+)\} (?:[a-z-]+ )?[a-z]+s\b", forms[0])
        assert set(found) <= NEVER_ONE | NO_NUMBERS, (key, forms[0])


def _calls(package: str) -> list[ast.Call]:
    return [node for file in modules(package) for node in nodes(file) if isinstance(node, ast.Call)]


def test_every_folder_has_one_owner_that_reads_it() -> None:
    """By its package, or, in the gateway, by its capability; a folder that nobody reads would say nothing."""
    read = {
        node.args[0].value if isinstance(node.args[0], ast.Constant) else ""
        for package in PACKAGES
        for node in _calls(package)
        if isinstance(node.func, ast.Name) and node.func.id == "beside"
    }
    for folder in FOLDERS:
        if (ROOT / "gateway") in folder.parents:
            continue
        package = ".".join(folder.parent.relative_to(ROOT).parts[-2:])
        own = any("beside(__package__)" in file.read_text("utf-8") for file in folder.parent.glob("*.py"))
        assert package in read or own, folder


@pytest.mark.parametrize("code", sorted({*STATUS, *GATEWAY_STATUS, *FIELD_PROBLEMS}))
@pytest.mark.requirement("W-06")
def test_every_problem_is_explained_with_a_remedy(code: str) -> None:
    assert TEXTS.knows("problem", code)
    assert TEXTS.knows("remedy", code)


@pytest.mark.requirement("W-06")
def test_no_problem_is_explained_that_nobody_raises() -> None:
    raised = {*STATUS, *GATEWAY_STATUS, *FIELD_PROBLEMS}
    source = "\n".join(file.read_text("utf-8") for package in PACKAGES for file in modules(package))
    codes = TEXTS.codes("problem")
    assert codes == TEXTS.codes("remedy")
    assert {code for code in codes if code not in raised and f'"{code}"' not in source} == set()


@pytest.mark.requirement("W-04")
def test_the_reviewers_usual_reasons_are_told_in_both_languages() -> None:
    """By message as on the page: the sentences are the same."""
    sentences = [str(sentence) for _code, sentence, _label in REASONS]
    assert [MESSAGES.pattern("reason", code, "zh") for code in MESSAGES.codes("reason")] == sentences


@pytest.mark.requirement("W-02")
@pytest.mark.parametrize(("language", "way"), [("zh", r"用户中心→"), ("en", r"My account → ")])
def test_messages_lead_to_entries_that_the_user_centre_has(language: str, way: str) -> None:
    chinese = [str(entry.label) for entry in ACCOUNT_NAVIGATION]
    translated = Translations(fp=compiled(read((ROOT / "gateway/gateway/translations/en").glob("*.po"), "en")))
    entries = chinese if language == "zh" else [translated.gettext(label) for label in chinese]
    folder = ROOT / "services" / "identity" / "identity" / "messages" / "texts"
    led = [rest for forms in texts(folder, language).values() for text in forms for rest in re.split(way, text)[1:]]
    assert len(led) > 10
    assert [rest for rest in led if not rest.startswith(tuple(entries))] == []


def test_no_translation_is_another_texts() -> None:
    """A line left over by a merge goes on with the text before it."""
    pages = read((ROOT / "gateway/gateway/translations/en").glob("*.po"), "en")
    longer = [text for text in pages if isinstance(text.id, str) and len(text.string) > 8 * len(text.id) + 24]
    assert [text.id for text in longer if text.id] == []
