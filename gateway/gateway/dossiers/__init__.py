"""Packages of dossiers: everything of a case in one file that is still understood in fifty years."""
