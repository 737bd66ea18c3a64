"""`Refusal`: a mistake of the user, in one line."""


class Refusal(Exception):
    """What was expected, what came, and what to do; the command line prints it and exits with 2."""
