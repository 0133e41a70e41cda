"""Matching (匹配): which order a row of a statement pays, by serial number, amount and payer."""
