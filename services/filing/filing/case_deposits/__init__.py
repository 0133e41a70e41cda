"""Deposits within a case: built of what its form says, and put among its files."""
