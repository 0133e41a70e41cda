"""A connection before a thread has it and after: heads and small bodies come in, answers go out, and nobody waits."""
