"""Readers of statements, one for each family of formats. Pure; they run in confinement, on strangers' files."""
