#!/usr/bin/env python3
"""Every command of the project; `python manage.py live` starts all of it."""

import os
import sys


def main() -> None:
    """Run one command; a wrong environment variable ends it with one line and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticker.settings")
    from django.core.management import execute_from_command_line

    from ticker.env import choose_local_key, choose_replay, exit_on_bad_environment

    choose_local_key(sys.argv)
    choose_replay(sys.argv)
    with exit_on_bad_environment():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
