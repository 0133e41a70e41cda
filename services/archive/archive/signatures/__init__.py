"""Signed documents: declaration and application form with the applicant's signature seen on them, sealed for good."""
