"""The command line: one small file a command."""

from criticalmass.cli.main import main

__all__ = ["main"]
