"""Queues, claims and decisions of the examiners."""
