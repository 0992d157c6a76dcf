"""Redis or Valkey servers on ports of their own, as somebody runs them who has several: with users, behind
TLS, watched by Sentinel."""

import asyncio
import datetime
import ipaddress
import shutil
import ssl
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import redis
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support import free_port, wait_until
from ticker.embedded import find_server

HOST = "127.0.0.1"


class Server:
    """`with Server(...) as server:` is a server with these options, by port; a test may kill and start it."""

    def __init__(self, *options: str, user: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="server-"))
        self.port = free_port()
        self.options = list(options)
        self.url = f"redis://{user}@{HOST}:{self.port}" if user else f"redis://{HOST}:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it and wait until it answers."""
        usual = ["--port", str(self.port), "--bind", HOST, "--dir", str(self.folder), "--save", ""]
        command = [find_server(), *self.command(), *usual, *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_until(self.answers, 20, "an answer of the server")
        return self

    def command(self) -> list[str]:
        """Return the words that come first."""
        return []

    def client(self) -> redis.Redis:
        """Return a client of it, with `user`."""
        return redis.Redis.from_url(self.url, decode_responses=True)

    def answers(self) -> bool:
        """Tell whether it takes commands."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def kill(self) -> None:
        """End it, and every connection to it, at once."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Sentinel(Server):
    """A Sentinel that is alone in its judgement, and quick with it."""

    def __init__(self, master: Server, service: str) -> None:
        super().__init__()
        self._configuration = self.folder / "sentinel.conf"
        self._configuration.write_text(
            f"sentinel monitor {service} {HOST} {master.port} 1\n"
            f"sentinel down-after-milliseconds {service} 2000\n"
            f"sentinel failover-timeout {service} 3000\n"
        )

    def command(self) -> list[str]:
        """Return its configuration, which it writes itself, too."""
        return [str(self._configuration), "--sentinel"]

    def master(self, service: str) -> int:
        """Return the port of whom it calls the master."""
        with self.client() as client:
            return int(client.sentinel_get_master_addr_by_name(service)[1])

    def knows_a_replica(self, service: str) -> bool:
        """Tell whether there is a server that it can make the master."""
        with self.client() as client:
            return any("ok" in map(str, replica.values()) for replica in client.sentinel_slaves(service))


class TlsFront:
    """`async with TlsFront(port, folder) as front:` speaks TLS on `front.port` before a server that doesn't;
    `front.authority` is the file that its clients have to trust."""

    def __init__(self, upstream: int, folder: Path) -> None:
        self.upstream, self.port = upstream, 0
        self.authority = folder / "ca.pem"
        self._key = folder / "key.pem"
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        certify(self.authority, self._key)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.authority, self._key)
        self._server = await asyncio.start_server(self._serve, HOST, 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(HOST, self.upstream)
        ways = carry(reader, far_writer), carry(far_reader, writer)
        _, other = await asyncio.wait(map(asyncio.create_task, ways), return_when=asyncio.FIRST_COMPLETED)
        for task in other:
            task.cancel()
        for each in writer, far_writer:
            each.close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until that ends or nobody takes it."""
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass


def certify(certificate: Path, key: Path) -> None:
    """Write a certificate for 127.0.0.1 that vouches for itself, and its key."""
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder(name, name, secret.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(secret, SHA256())
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
