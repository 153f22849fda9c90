"""``python -m imblearn_bbfl`` is the command ``imblearn-bbfl``."""

from imblearn_bbfl.cli import main

if __name__ == "__main__":
    main(prog_name="imblearn-bbfl")
