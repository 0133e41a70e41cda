"""Secrets and personal data in source code: found, and masked so that the line still shows what it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from materials.deposit.secret_words import is_secret, looks_random, weight_of

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("private_key", re.compile(r"(?<=PRIVATE KEY-----)[^-]{16,}(?=-----END)|^(?:[A-Za-z0-9+/]{64})$")),
    (
        "cloud_key",
        re.compile(
            r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bLTAI[0-9A-Za-z]{12,20}\b|\bAKID[0-9A-Za-z]{13,40}\b|\bAIza[\w-]{35}"
        ),
    ),
    (
        "token",
        re.compile(
            r"\b(?:gh[opsur]|glpat|sk|rk|pk|xox[abposr]|npm|hf|dop_v1|github_pat|pypi|ya29|SG)[-_.][0-9A-Za-z_.-]{16,300}"
        ),
    ),
    ("token", re.compile(r"\beyJ[0-9A-Za-z_-]{8,400}\.[0-9A-Za-z_-]{8,2000}\.[0-9A-Za-z_-]{4,400}")),
    ("connection", re.compile(r"(?<=://)[^/\s:@'\"]{0,64}:[^/\s'\"]{1,128}(?=@)")),
    (
        "resident_id",
        re.compile(
            r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
        ),
    ),
    ("mobile", re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z.])")),
    (
        "email",
        re.compile(r"(?<![\w.])[\w.+-]{2,64}@[\w-]{1,63}\.(?:[\w-]{1,63}\.){0,4}(?:com|cn|net|org|edu|gov|io)\b"),
    ),
)  # fmt: skip
_WORTH_A_LOOK = re.compile(
    r"""@|\d{11}|private\ key|aki[ad]|asia|ltai|aiza|eyj|(?:gh[opsur]|glpat|sk|rk|pk|xox.|npm|hf|pypi|ya29|sg)[-_.]"""
    r"""|^[a-z0-9+/]{64}$|\b(?:mysql|redis-cli|curl)|pass|pwd|psw|mima|miyao|secret|bearer\ |basic\ |identified\ """
    r"""|密[码钥]|口令|私钥|(?:credential|token|key|salt|auth|sign(?:ature)?|[as]k|iv|seed)s?["'`\]]{0,3}\s{0,8}(?:[:=,(]|\w{0,40}\s{0,8}:?=)""",
    re.M,
)
"""What any of the patterns needs, in lower case: few lines of a program have it, and only those are read closely."""
_LITERAL = re.compile(r"""(["'`])((?:\\.|(?!\1)[^\\]){1,2000})\1""")
_PLAIN_LITERAL = re.compile(r"""(["'])((?:\\.|(?!\1)[^\\]){1,2000})\1""")
_NO_BACKTICKS = frozenset(["python", "cython", "java", "c", "cpp", "csharp", "rust", "swift", "php"])
_NAME = r"[\w$一-鿿][\w$.\-一-鿿]{0,80}"
_GOVERNED_BY: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern + r"""(?:\(\s*|\[\s*|\{\s*|(?:\w+\.)?\w{1,30}\(\s*|new\s+\w+\(\s*)?[@$&fFrRbBuUL]{0,2}$""")
    for pattern in (
        # String dbPassword = · "password": · $this->pwd => · Password string = · const PWD: &str = · $_ENV['PASS'] =
        rf"""({_NAME})["'`]?\]?\s*(?:\??:\s*[\w<>\[\]&'?.*| ]{{1,40}}?|\s[*&]?({_NAME})|\s+[Aa]s\s+\w+)?"""
        r"""(?:\[\w*\])*\s*"""
        r"""(?:=>|:=|[=!]==?|=|:|\|\||\?\?|\?:|\bor\b|\+=)\s*""",
        # put("password", · define('DB_PASSWORD', · f(password, · env("X_TOKEN",
        rf"""\w\s*\((?:[^()\[\]{{}}]*,\s*)?["'`]?({_NAME})["'`]?\s*,\s*""",
        # setPassword( · .password( · password.equals(
        r"""([\w$]{1,80}?)(?:\(\s*\))?(?:\.(?:equals\w*|compareTo|contentEquals|contains|is|isEqualTo))?\(\s*""",
        # #define DB_PASSWORD · IDENTIFIED BY · PASSWORD 'x'
        rf"""\#\s*define\s+({_NAME})\s+\(?\s*""",
        # PASSWORD 'x'
        r"""\b((?i:password))\s+""",
        # name="password" value=
        rf"""(?:name|key|id)\s*=\s*["']({_NAME})["']\s+(?:value|val|content|default)\s*=\s*""",
    )
)
_IDENTIFIED = re.compile(r"(?i)\b(?:user|grant)\b.*\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+$")
_GOVERNED_AFTER = re.compile(rf"""^\s*(?:\)\s*)?(?:\.equals\w*\(|[=!]==?)\s*({_NAME})""")
_KEY = re.compile(r"\s{0,8}(?:=>|:(?=\s{0,8}\S))")
_NEAR = 240
"""Characters around a literal among which its name stands."""
_CONTINUES = re.compile(r"""^\s*(?:[+.&|,\\]|\|\||<>)?\s*[@$fFrRbBuUL]?$""")
_IN_TEXT = re.compile(rf"""(?i)(?:^|[?&;,\s"'`])(-{{0,2}}{_NAME})\s*=\s*([^&;\s"'`<>,]{{3,200}})""")
_DEFAULT = re.compile(rf"""[$#]\{{({_NAME})(?::-|:)([^{{}}]{{3,200}})\}}""")
_ELEMENT = re.compile(rf"""<(?:\w+:)?({_NAME})(?:\s[^<>]{{0,200}})?>([^<>\s][^<>]{{2,300}})</""")
_KEYED_ELEMENT = re.compile(rf"""(?:name|key)\s*=\s*["']({_NAME})["'][^<>]{{0,200}}>([^<>\s][^<>]{{2,300}})</""")
_HEADER = re.compile(r"(?i)\b(?:bearer|basic|token)\s+([A-Za-z0-9+/_=.~-]{8,2000})")
_SHELL = re.compile(rf"""^\s*(?:export\s+|set\s+|setx\s+|\$env:)?({_NAME})\s*=\s*([^\s"'`$;()<>|&]{{3,200}})""")
_SHELL_OPTION = re.compile(
    r"""(?:\bmysql\w*\s(?:.{0,200}\s)?-p|\bsshpass\s+-p\s*|\bredis-cli\s(?:.{0,200}\s)?-a\s+|\bcurl\s(?:.{0,200}\s)?(?:-u|--user)\s+[\w.@-]+:)"""
    r"""([^\s"'`$;()<>|&]{3,200})"""
)
_SHELLS = frozenset(["bash", "bat", "powershell"])
_NOBODY = re.compile(r"^(?:git|noreply|no-reply)@|@(?:[\w.-]+\.)?example\.", re.I)
_KEY_LINE = re.compile(
    r"""^[\s"'`+.\\*#/;,()-]*(?:[A-Za-z0-9+/=]{1,100}|(?:Proc-Type|DEK-Info|Version|Comment):.*|\d[\d ]{10})"""
    r"""(?:\\[nr])*[\s"'`+.\\;,()]*$"""
)
_OPENS = ("=", "(", ",", "\\", ":", "[", "{", "+", ".")
_PLACES = 5


@dataclass(frozen=True)
class Secret:
    """``line`` counts from 1 in the original file."""

    kind: str
    line: int


def masked(lines: list[str], lexer: str = "") -> tuple[list[str], list[Secret]]:
    """The lines with every secret replaced by asterisks of the same length, and where they were. ``lexer``: pygments'
    name of the language, since in some a value needs no quotes."""
    found: list[Secret] = []
    out = list(lines)
    key_ends = -1
    for number in _worth_a_look(lines):
        if number < key_ends:
            continue
        before = _line_before(lines, number)
        out[number] = _masked_line(lines[number], before, lexer, number + 1, found)
        if "PRIVATE KEY" in lines[number] and "-----BEGIN" in lines[number] and "-----END" not in lines[number]:
            key_ends = _hide_key(lines, out, number, found)
    return out, found


def _worth_a_look(lines: list[str]) -> Iterator[int]:
    """Line numbers from 0; a value may stand on the line after its name."""
    text, number, counted, last = "\n".join(lines).lower(), 0, 0, -1
    for candidate in _WORTH_A_LOOK.finditer(text):
        number += text.count("\n", counted, candidate.start())
        counted = candidate.start()
        follows = number + 1 < len(lines) and lines[number].rstrip().endswith(_OPENS)
        for place in range(max(number, last + 1), number + 1 + follows):
            yield place
            last = place


def _line_before(lines: list[str], number: int) -> str:
    before = lines[number - 1].rstrip() if number else ""
    return before[-200:].removesuffix("\\") if before.endswith(_OPENS) else ""


def _masked_line(line: str, before: str, lexer: str, number: int, found: list[Secret]) -> str:
    literals = list((_PLAIN_LITERAL if lexer in _NO_BACKTICKS else _LITERAL).finditer(line))
    spans = [*_literals(literals, line, before), *_unquoted(literals, line, lexer)]
    spans += [(kind, match.start(), match.end()) for kind, pattern in _PATTERNS for match in pattern.finditer(line)]
    parts, done = [], 0
    for kind, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if end <= done or set(line[start:end]) <= set("*'\"") or (kind == "email" and _NOBODY.search(line[start:end])):
            continue
        found.append(Secret(kind, number))
        start = max(start, done)
        parts += [line[done:start], re.sub(r"[^'\"]", "*", line[start:end])]
        done = end
    return "".join([*parts, line[done:]])


def _literals(literals: list[re.Match[str]], line: str, before: str) -> Iterator[tuple[str, int, int]]:
    """Quoted values whose name says that they are secret, and what is joined to them or listed with them."""
    ended, listed = -1, ""
    for literal in literals:
        start, end = literal.span(2)
        value = literal.group(2)
        named = [] if _is_key(line, end) else _names(_around(before, line, start - 1), line[end + 1 : end + 1 + _NEAR])
        joined = ended >= 0 and start - ended < _NEAR and _CONTINUES.match(line[ended + 1 : start - 1])
        if listed and joined and not _is_key(line, end):
            named.append(listed)
        heavy = [name for name in named if weight_of(name)]
        secret = next((name for name in heavy if is_secret(name, weight_of(name) or "weak", value)), "")
        ended, listed = end, secret or (heavy[-1] if heavy else "")
        if secret:
            yield _kind_of(secret), start, end


def _is_key(line: str, end: int) -> bool:
    """Whether a literal is itself the name of what follows: ``"user": …``."""
    return _KEY.match(line, end + 1) is not None


def _around(before: str, line: str, end: int) -> str:
    """What stands before a place, the line above included, as far as it may matter."""
    return (before + line[max(0, end - _NEAR) : end])[-_NEAR:] if end < _NEAR else line[end - _NEAR : end]


def _names(before: str, after: str) -> list[str]:
    """What a literal may be the value of, by what stands around it."""
    names = [name for pattern in _GOVERNED_BY if (match := pattern.search(before)) for name in match.groups()]
    if _IDENTIFIED.search(before):
        names.append("password")
    if later := _GOVERNED_AFTER.match(after):
        names.append(later.group(1))
    return [name for name in names if name]


def _unquoted(literals: list[re.Match[str]], line: str, lexer: str) -> Iterator[tuple[str, int, int]]:
    """Values without quotes of their own: in a connection's text, an address, an element, a header, a shell's line."""
    for literal in literals:
        yield from _named(_IN_TEXT, literal.group(2), literal.start(2))
    for pattern in (_ELEMENT, _KEYED_ELEMENT, _DEFAULT):
        yield from _named(pattern, line, 0)
    for match in _HEADER.finditer(line):
        value = match.group(1)
        if looks_random(value) or (len(value) >= 12 and value.endswith("=")) or len(value) >= 40:
            yield "token", *match.span(1)
    if lexer in _SHELLS:
        yield from _named(_SHELL, line, 0)
        yield from _named(_IN_TEXT, line, 0)
        for match in _SHELL_OPTION.finditer(line):
            yield "password", *match.span(1)


def _named(pattern: re.Pattern[str], text: str, offset: int) -> Iterator[tuple[str, int, int]]:
    for match in pattern.finditer(text):
        weight = weight_of(match.group(1))
        if weight and is_secret(match.group(1), weight, match.group(2)):
            yield _kind_of(match.group(1)), offset + match.start(2), offset + match.end(2)


def _kind_of(name: str) -> str:
    return "token" if name.lower().rstrip("s").endswith("token") else "password"


def _hide_key(lines: list[str], out: list[str], begins: int, found: list[Secret]) -> int:
    """Covers a key from its first line to its end mark, or as far as lines look like one; the line after it."""
    after = range(begins + 1, len(lines))
    end = next((n for n in after if lines[n].strip() and not _KEY_LINE.match(lines[n])), len(lines))
    if end == begins + 1:
        return end
    found.append(Secret("private_key", begins + 1))
    mark = lines[begins].index("-----BEGIN")
    out[begins] = lines[begins][:mark] + re.sub(r"[^'\"]", "*", lines[begins][mark:])
    for number in range(begins + 1, end):
        out[number] = re.sub(r"[^'\"\s]", "*", lines[number])
    return end


def by_kind(found: Iterable[tuple[str, int, str]]) -> list[dict[str, str | int]]:
    """(file, line, kind) of each secret → one entry per kind: how many, and the first places."""
    groups: dict[str, list[tuple[str, int]]] = {}
    for file, line, kind in found:
        groups.setdefault(kind, []).append((file, line))
    entries: list[dict[str, str | int]] = []
    for kind, places in groups.items():
        listed = ", ".join(f"{file}:{line}" for file, line in places[:_PLACES])
        entries.append(
            {
                "kind": kind,
                "count": len(places),
                "file": places[0][0],
                "line": places[0][1],
                "places": listed + (" …" if len(places) > _PLACES else ""),
            }
        )
    return entries
