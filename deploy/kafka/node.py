"""A one-node Kafka (KRaft) on free ports, for tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Self

from wall.ports import free_port

#: Where `make` puts the jars.
LIBS = Path(__file__).resolve().parents[2] / ".cache" / "kafka" / "libs"

_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={folder}/data
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
message.max.bytes=16777216
replica.fetch.max.bytes=16777216
"""


class KafkaMissing(RuntimeError):
    """The jars or Java are not there."""


class KafkaNode:
    """A broker that can be stopped, killed and started again with its data."""

    def __init__(self) -> None:
        if not LIBS.is_dir() or not shutil.which("java"):
            raise KafkaMissing(f"Kafka's jars are not in {LIBS}, or java is missing; run: make .cache/kafka/libs/done")
        self._folder = Path(tempfile.mkdtemp(prefix="kafka-"))
        self._port = free_port()
        properties = _PROPERTIES.format(port=self._port, controller=free_port(), folder=self._folder)
        (self._folder / "server.properties").write_text(properties)
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", self._config).wait()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def servers(self) -> str:
        """HOST:PORT."""
        return f"127.0.0.1:{self._port}"

    @property
    def _config(self) -> str:
        return str(self._folder / "server.properties")

    def _run(self, *command: str) -> subprocess.Popen[bytes]:
        java = ["java", "-Xmx512m", "-Xms256m", "-XX:TieredStopAtLevel=4", "-cp", f"{LIBS}/*", *command]
        with (self._folder / "kafka.log").open("ab") as output:
            return subprocess.Popen(java, stdout=output, stderr=subprocess.STDOUT, env={**os.environ})

    def start(self, timeout_s: float = 60) -> None:
        """Start and wait until it listens."""
        self._process = self._run("kafka.Kafka", self._config)
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.1)
        raise KafkaMissing(f"Kafka does not start:\n{(self._folder / 'kafka.log').read_text()[-2000:]}")

    def kill(self) -> None:
        """Kill it outright."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
