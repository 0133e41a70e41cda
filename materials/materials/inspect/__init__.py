"""Readers of facts from untrusted files: type by content, PDF, images. Pure functions, to be run in confinement."""
