"""Withdrawal by the applicant."""
