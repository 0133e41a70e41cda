"""What can go wrong with a stack, in words for the person at the terminal."""


class StackProblem(Exception):
    """One sentence about what is wrong and what to do; the command prints it and ends with status 1."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived: stop everything that was started."""
