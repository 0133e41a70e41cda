"""Batch registration (批量登记): many works by one spreadsheet, under one signature, one order and one payment."""
