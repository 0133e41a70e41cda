"""Ledger (总账): double-entry, append-only; every entry sums to zero."""
