"""Rows and the objects they refer to: what is held, what was released, and that nothing held is missing."""
