"""Gapless yearly sequences for serial and acceptance numbers."""
