"""A PostgreSQL server of one's own, in a temporary folder and on a unix socket, where there are programs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import wait_until

ROLE = "ticker"


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, None where there is none or nobody to run it."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *folders]
    whole = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return whole[-1] if whole and (os.geteuid() != 0 or _other_user()) else None


def _other_user() -> pwd.struct_passwd | None:
    """Return a user that is not root, as whom the server starts: it refuses to run as root."""
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known.get("nobody")


class Postgres:
    """One throw-away server; `settings(name)` is the Django database `name` of it."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self.folder = programs, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._user: dict = {}
        user = _other_user() if os.geteuid() == 0 else None
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        options = ["-A", "trust", "-U", ROLE, "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", "-D", str(folder / "data"), *options)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            f"unix_socket_directories={self.folder}",
        ]
        self._process = subprocess.Popen(
            [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            **self._user,
        )
        wait_until(self.answers, what="PostgreSQL to answer")

    def stop(self) -> None:
        """Stop the server as a restart does: open connections are broken."""
        if self._process is not None:
            self._process.send_signal(2)
            self._process.wait(20)
            self._process = None

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        return self._run("pg_isready", "-h", str(self.folder), "-q", check=False).returncode == 0

    def create(self, name: str) -> None:
        """Create an empty database."""
        self._run("createdb", "-h", str(self.folder), "-U", ROLE, name)

    def settings(self, name: str) -> dict:
        """Return Django's settings of one of its databases."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": ROLE,
            "HOST": str(self.folder),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 3},
        }

    def url(self, name: str) -> str:
        """Return the `DATABASE_URL` of one of its databases."""
        return f"postgres://{ROLE}@{str(self.folder).replace('/', '%2F')}/{name}"

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        command = [str(self._programs / program), *arguments]
        return subprocess.run(command, check=check, capture_output=True, cwd=self.folder, **self._user)


@contextmanager
def throwaway_postgres() -> Iterator[Postgres | None]:
    """Give a running server that is gone afterwards, or None where PostgreSQL can't be started."""
    programs = binaries()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Postgres(programs, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
