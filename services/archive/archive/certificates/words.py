"""The words of certificates in the languages they are issued in. Pure."""

from __future__ import annotations

from datetime import date

from chassis.catalogues import Language, Texts, beside, date_in_words

from archive.register.model import Author, Owner, Particulars

TEXTS = Texts(beside(__package__))
"""By code: *certificate*, what one is called; *category*, *acquisition*, *scope*, *right*, *country*; and *phrase*."""


def _word(kind: str, code: str, language: Language) -> str:
    """A code that has no word stands for itself: a certificate is never refused for a word."""
    return TEXTS.say(kind, code, language, {}) if TEXTS.knows(kind, code) else code


def name_of(kind: str, language: Language) -> str:
    """What the certificate of a kind of the register is called."""
    return TEXTS.say("certificate", kind, language, {})


def day(on: date | None, language: Language) -> str:
    """``2026年3月15日``, ``15 March 2026``; nothing for no day."""
    return date_in_words(on, language) if on else ""


def category(code: str | None, language: Language) -> str:
    """The category as it is printed; the code itself where no word is known."""
    return _word("category", code or "", language)


def acquisition(code: str, language: Language) -> str:
    """How the rights came to the owner, as it is printed."""
    return _word("acquisition", code, language)


def scope(particulars: Particulars, language: Language) -> str:
    """``全部权利``, or ``部分权利：复制权、发行权``."""
    words = _word("scope", particulars.rights_scope, language)
    rights = [_word("right", code, language) for code in particulars.rights]
    if not rights:
        return words
    listed = TEXTS.pattern("phrase", "between_rights", language).join(rights)
    return TEXTS.say("phrase", "some_rights", language, {"scope": words, "rights": listed})


def title(particulars: Particulars, language: Language) -> str:
    """``全称 [简称：简称] V1.0``: names are registered words and stand as they are in any language."""
    short = particulars.short_name
    called = TEXTS.say("phrase", "short_name", language, {"name": short}) if short else ""
    version = particulars.version if not particulars.title.endswith(particulars.version) else ""
    return " ".join(part for part in (particulars.title, called, version) if part)


def author(of: Author, language: Language) -> str:
    """As the author signs the work: by name, by pseudonym, or not at all (署名)."""
    if of.signed_as == "anonymous":
        return TEXTS.say("phrase", "anonymous", language, {})
    return of.pseudonym if of.signed_as == "pseudonym" and of.pseudonym else of.name


def owner(of: Owner, language: Language) -> str:
    """``王小明（中国）``, ``王小明 (China)``; a country without a word of ours stands as it was registered."""
    if not of.nationality:
        return of.name
    country = _word("country", of.nationality, language)
    return TEXTS.say("phrase", "owner_of_country", language, {"name": of.name, "country": country})


def ground(code: str, language: Language) -> str:
    """Why a certificate was issued anew, or a registration revoked."""
    return _word("ground", code, language)


def edition(code: str, number: int, on: date, language: Language) -> str:
    """``补发（遗失），第2版，2026年11月30日``."""
    facts = {"ground": ground(code, language), "number": number, "on": day(on, language)}
    return TEXTS.say("phrase", "edition", language, facts)


def field(name: str, kind: str, language: Language) -> str:
    """What a particular is called; of software and of works, where they differ."""
    return _word("field", f"{kind}_{name}" if TEXTS.knows("field", f"{kind}_{name}") else name, language)


def stated(of: Particulars, name: str, language: Language) -> list[str]:
    """A particular as proofs of a change print it, a line for each; nothing where it stated none."""
    match name:
        case "authors":
            return [author(one, language) for one in of.authors]
        case "owners":
            return [owner(one, language) for one in of.owners]
        case "publication_date":
            return [day(of.publication_date, language)] if of.publication_date else []
        case _:
            value = getattr(of, name)
            return [str(value)] if value else []
