"""``python -m criticalmass``: the command line, where its script is not on the path."""

from criticalmass.cli.main import main

if __name__ == "__main__":
    main()
