"""Readers of what old systems leave behind: CSV and TSV, DBF, SQL dumps, a live database.

Each gives its rows one by one, with the place where a row lies and its original bytes, in memory that does not grow
with the source. A row that cannot be read is given too, with the reason, and the ones after it are read all the same.
"""

from legacy_bridge.sources.model import LONGEST_ROW, Row, Source, SourceRefused
from legacy_bridge.sources.opening import Asked, open_source, told_apart

__all__ = ["LONGEST_ROW", "Asked", "Row", "Source", "SourceRefused", "open_source", "told_apart"]
