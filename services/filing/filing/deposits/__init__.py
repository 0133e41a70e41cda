"""鉴别材料 that people ask for: jobs around the engine of ``materials.deposit``."""
