"""Files for tests of everything that takes files."""
