"""A Chromium for the browser tests: one that is installed, or Debian's, fetched without root. Only tests need it."""

import glob
import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path

from registry_infra import debian
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
CHINESE_FONTS = ("*[Nn]oto*CJK*", "*NotoSansSC*", "*wqy*", "*[Dd]roid*[Ff]allback*")


def find_chromium(cache: Path, say: Say) -> Path:
    """A program that starts a Chromium which can show Chinese; raises StackProblem where none can be had.

    In this order: `REGISTRY_CHROMIUM`, an installed one, a fetched one.
    """
    installed = os.environ.get("REGISTRY_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if installed:
        return Path(installed) if _has_chinese_font() else _with_font(Path(installed), cache, say)
    if not debian.is_available():
        raise StackProblem(
            "no Chromium was found. Install chromium or Google Chrome, or name one in REGISTRY_CHROMIUM."
        )
    root = cache / "chromium"
    if not (root / "fetched").exists():
        say("Fetching Chromium with apt's client (some 200 MB, once, for the browser tests; nothing is installed) …")
        debian.fetch(["chromium", "fonts-wqy-microhei"], root, say=say)
    program = next(root.glob("usr/lib/chromium/chromium"))
    return _starter(root, program, {"LD_LIBRARY_PATH": debian.library_folders(root)})


def start_another(program: Path, home: Path, cache: Path, say: Say) -> Path:
    """A script in `home` that starts another Chromium with the libraries and fonts of the one that is found."""
    find_chromium(cache, say)
    fetched = [root for root in (cache / "chromium", cache / "fonts") if (root / "fetched").exists()]
    libraries = debian.library_folders(cache / "chromium")
    return _starter(home, program, {"LD_LIBRARY_PATH": libraries} if libraries else {}, fetched)


def _has_chinese_font() -> bool:
    found = (glob.glob(f"{folder}/**/{name}", recursive=True) for folder in FONT_FOLDERS for name in CHINESE_FONTS)
    return any(found)


def _with_font(program: Path, cache: Path, say: Say) -> Path:
    if not debian.is_available():
        return program
    root = cache / "fonts"
    if not (root / "fetched").exists():
        say("Fetching a Chinese font with apt's client (2 MB, once, for the browser tests) …")
        debian.fetch(["fonts-wqy-microhei"], root, say=say, only="fonts-wqy")
    return _starter(root, program, {})


def _starter(root: Path, program: Path, variables: dict[str, str], fetched: Sequence[Path] = ()) -> Path:
    """A script that starts the program with these variables and with the fetched fonts beside the machine's.

    Only the browser may get them: its libraries are not for the tests' other programs.
    """
    fonts = root / "fonts.conf"
    fonts_of = (root / "usr/share/fonts" for root in fetched or (root,))
    folders = "".join(f"<dir>{folder}</dir>" for folder in (*FONT_FOLDERS, *fonts_of))
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"{folders}<cachedir>{root}/font-cache</cachedir></fontconfig>"
    )
    exports = (
        f"export {name}={shlex.quote(value)}" for name, value in {**variables, "FONTCONFIG_FILE": str(fonts)}.items()
    )
    script = root / "start-chromium"
    script.write_text("\n".join(["#!/bin/sh", *exports, f'exec {shlex.quote(str(program))} "$@"\n']))
    script.chmod(0o755)
    return script
