"""Spreadsheets of strangers (.xlsx, .xls, .ods), read in confinement: rows of plain values, or the reason why not."""

from chassis.workbooks.reading import CONFINED_MODULE, Cell, Sheet, Workbook, read_workbook

__all__ = ["CONFINED_MODULE", "Cell", "Sheet", "Workbook", "read_workbook"]
