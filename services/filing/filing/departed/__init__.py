"""Examiners who have left, and what they had claimed."""
