"""What anyone may know about a case by its number."""
