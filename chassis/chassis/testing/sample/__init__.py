"""A small service for tests and benchmarks of the chassis: it counts."""
