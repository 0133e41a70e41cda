"""What an operator reads of an import: a line of progress, the report, a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contracts.legacy.scans import ScanTally

from legacy_bridge.imports.report import Report
from legacy_bridge.imports.store import Import

SENTENCES: Mapping[str, str] = {
    "source_unreadable": "{source} cannot be read ({found}). Name a file that is there, or the address of a database.",
    "source_empty": "{source} has no content. Export it again.",
    "source_without_header": "The first line must name the columns. Export the table with its header.",
    "source_not_dbf": "This is no DBF file. Look what it is, and give it the ending of that.",
    "source_without_table": "No table was found ({expected}). Name it with --table.",
    "source_without_columns": "The dump does not say which columns {table} has. Export it with full INSERT statements.",
    "source_with_two_columns": "Several columns fit the field {field}: {found}. Leave one of them.",
    "source_with_other_columns": (
        "The columns are not those of {mapping}. Missing: {missing}; unknown: {unknown}."
        " Name another --mapping, or add them to the mapping's file."
    ),
    "source_unknown_database": "This is no address of a database that can be read here ({found}).",
    "source_unreachable": "The database does not answer, or refuses ({found}). Look at its address and rights.",
    "source_changed": "{source} is not what it was when the import began. Begin a new import.",
    "mapping_unknown": "There is no mapping {found}. There are: {known}.",
    "mapping_not_told": "Of the mappings {known}, these fit the columns {columns}: {fitting}. Name one with --mapping.",
    "import_unfinished": "{import_id} of the same source has not come to its end. Go on with it: --resume.",
    "import_unknown": "There is no import {import_id}.",
    "import_not_done": "{import_id} has not come to its end.",
    "import_not_to_withdraw": "Only an import that has ended can be undone; this one is: {state}.",
    "import_built_upon": "Something rests on rows of this import by now; nothing was taken out.",
}


def sentence(code: str, params: Mapping[str, object]) -> str:
    """What is wrong, and what to do."""
    text = SENTENCES.get(code)
    shown = {
        name: ", ".join(map(str, value)) or "none" if isinstance(value, list) else value
        for name, value in params.items()
    }
    return text.format(**shown) if text else f"{code} {shown}"


def progress_line(row: Import, rows: int, seconds: float) -> str:
    """Share, rows, rate and time left. ``rows`` have been read in these ``seconds``."""
    if row.state == "withdrawing":
        return f"waiting for the owner of {row.target} to take {row.rows} rows out"
    if row.state != "reading":
        return f"{row.rows} rows judged; waiting for the owner of {row.target} to store them"
    rate = rows / seconds if seconds else 0.0
    left = (row.rows / row.progress - row.rows) / rate if rate and row.progress else 0.0
    told = f", {_duration(left)} left" if left else ""
    return f"{row.progress:.0%}, {row.rows} rows, {rate:.0f} a second{told}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def lines_of(report: Report) -> Iterator[str]:
    """Every row accounted for, then every field on both sides."""
    counts = report.counts
    sum_ = " + ".join(f"{count} {outcome}" for outcome, count in counts.items() if count or outcome != "withdrawn")
    yield f"{report.rows} rows = {sum_}" + ("" if report.whole else ": THIS DOES NOT ADD UP")
    for reason in report.reasons:
        field = f" in {reason.field}" if reason.field else ""
        yield f"  rejected: {reason.count} {reason.reason}{field}, the first is row {reason.example}"
    yield f"  {'field':<22}{'filled':>10}{'total':>16}  checksum"
    for each in report.fields:
        total = str(each.ours.total) if each.field.endswith("_fen") else ""
        verdict = (
            "not stored"
            if each.theirs is None
            else "agrees"
            if each.theirs == each.ours
            else "DIFFERS FROM ITS OWNER'S"
        )
        yield f"  {each.field:<22}{each.ours.filled:>10}{total:>16}  {each.ours.checksum[:16]} {verdict}"


def lines_of_scans(tally: ScanTally, import_id: str) -> Iterator[str]:
    """What became of the scans, and what to do about those that could not be taken."""
    refused = sum(one.count for one in tally.refused)
    yield f"{tally.named} scans named = {tally.taken} taken + {refused} refused + {tally.waiting} not looked for"
    for one in tally.refused:
        yield f"  refused: {one.count} {one.reason}, the first is {one.path} of row {one.row_number}"
    if refused or tally.waiting:
        yield f"Put them right, then: --take-scans {import_id} --scans FOLDER"
