"""What a parcel lacked, as a line of a history has it: papers of the case's list, then the clerk's words. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from filing.forms.policy import PaperItem
from filing.forms.words import Language


@dataclass(frozen=True)
class Lacking:
    """``papers``: of the list of the case; ``remark``: in the clerk's words."""

    papers: Sequence[PaperItem] = ()
    remark: str = ""

    def told(self, language: Language) -> str:
        """All of it in one line."""
        said = [paper.in_language(language) for paper in self.papers] + self.remark.split("\n")
        return ("; " if language == "en" else "；").join(part for part in said if part.strip())


def noted(papers: Sequence[PaperItem], numbers: Collection[int], remark: str) -> str:
    """The line of the history: each paper in the Chinese words of the list, then the remark. ``numbers`` begin at 1."""
    named = [paper.zh for number, paper in enumerate(papers, start=1) if number in numbers]
    return "\n".join([*named, remark.strip()]).strip()


def lacking(note: str, papers: Sequence[PaperItem]) -> Lacking:
    """What such a line says, with the list that the case has; whatever is not of the list is remark."""
    lines = [line.strip() for line in note.split("\n")]
    listed = {paper.zh for paper in papers}
    remark = "\n".join(line for line in lines if line not in listed).strip()
    return Lacking([paper for paper in papers if paper.zh in lines], remark)
