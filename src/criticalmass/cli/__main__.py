"""``python -m criticalmass.cli``."""

from criticalmass.cli.main import main

if __name__ == "__main__":
    main()
