"""What the environment's variables make, as the tests of `ticker/env.py` read it."""

import pytest

from ticker.env import Config, EnvError, from_env

KEY = {"SECRET_KEY": "k" * 50}


class Environ:
    """The variables of a program with these venues."""

    def __init__(self, *registry: str) -> None:
        self.registry = registry

    def read(self, **environ: str) -> Config:
        """Return what the variables make."""
        return from_env(KEY | environ, self.registry)

    def refused(self, **environ: str) -> str:
        """Return the one line with which they are refused."""
        with pytest.raises(EnvError) as caught:
            self.read(**environ)
        assert "\n" not in str(caught.value)
        return str(caught.value)
