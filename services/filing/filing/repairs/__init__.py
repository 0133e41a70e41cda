"""Repairs that people ask for: jobs around the engine of ``materials.repair``."""
