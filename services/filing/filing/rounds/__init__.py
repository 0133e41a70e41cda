"""Rounds of correction: what was asked for and answered, for whoever looks at a case."""
