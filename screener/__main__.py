"""``python -m screener`` is the command line."""

from screener.cli.main import main

if __name__ == "__main__":
    main()
