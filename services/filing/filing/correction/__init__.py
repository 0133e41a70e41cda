"""Rounds of correction: defects, answers, changes."""
