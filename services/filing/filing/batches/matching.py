"""Which files of an archive a row means: by path, by name, by folder, or by a folder called like the row. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Matched:
    """``files``: paths in the archive by role of material; ``problems``: names that lead to none, or to several."""

    files: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)


class Archive:
    """The paths of an archive, to be found as people write them: whole, from any folder on, or the name alone; capitals
    and the way accents are put together do not count."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._files: dict[str, set[str]] = defaultdict(set)
        self._folders: dict[str, set[str]] = defaultdict(set)
        self._inside: dict[str, list[str]] = defaultdict(list)
        for path in paths:
            parts = _spelled(path).split("/")
            for start in range(len(parts)):
                self._files["/".join(parts[start:])].add(path)
            for end in range(1, len(parts)):
                folder = "/".join(parts[:end])
                self._inside[folder].append(path)
                for start in range(end):
                    self._folders["/".join(parts[start:end])].add(folder)

    def meant(self, name: str) -> set[str]:
        """The paths that ``name`` may mean, if several do not tell which."""
        paths, code = self.find(name)
        if code != "file_ambiguous":
            return set(paths)
        wanted = _spelled(name)
        inside = (self._inside[folder] for folder in self._folders.get(wanted, ()))
        return self._files.get(wanted) or {path for paths in inside for path in paths}

    def find(self, name: str) -> tuple[list[str], str]:
        """(paths, code): the file or the files of the folder that ``name`` means, or why none: ``file_missing``,
        ``file_ambiguous``."""
        wanted = _spelled(name)
        found = self._files.get(wanted, set())
        exact = [path for path in found if _spelled(path) == wanted]
        if len(found) == 1 or len(exact) == 1:
            return exact or list(found), ""
        if found:
            return [], "file_ambiguous"
        folders = self._folders.get(wanted, set())
        if len(folders) > 1:
            folders = {folder for folder in folders if folder == wanted}
            if not folders:
                return [], "file_ambiguous"
        if not folders:
            return [], "file_missing"
        return sorted(self._inside[next(iter(folders))], key=_in_order), ""


def match(key: str, named: Mapping[str, Sequence[str]], sample: str, archive: Archive) -> Matched:
    """The files of a row. ``named``: what it says, by role. A row that names none has the folder called like its key,
    whose files are of the role ``sample``."""
    matched = Matched()
    for role, names in named.items():
        for name in names:
            paths, code = archive.find(name)
            if code:
                matched.problems.append(_problem(role, code, name))
            matched.files.setdefault(role, []).extend(path for path in paths if path not in matched.files.get(role, []))
    if not any(named.values()) and sample:
        paths, code = archive.find(key)
        if not code:
            matched.files[sample] = paths
    return matched


def named_by(key: str, named: Mapping[str, Sequence[str]], sample: str, archive: Archive) -> set[str]:
    """The paths that a row has to do with, whatever else is wrong with it; as :func:`match` finds them."""
    names = [name for some in named.values() for name in some] or ([key] if sample else [])
    return {path for name in names for path in archive.meant(name)}


def _problem(role: str, code: str, name: str) -> dict[str, Any]:
    return {"field": f"materials.{role}", "code": code, "severity": "error", "params": {"file_name": name}}


def _spelled(path: str) -> str:
    spelled = unicodedata.normalize("NFC", path.strip()).replace("\\", "/").casefold()
    return "/".join(part.strip() for part in spelled.split("/") if part not in ("", "."))


def _in_order(path: str) -> list[tuple[int, str]]:
    """As people count: 2.png before 10.png."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path)]
