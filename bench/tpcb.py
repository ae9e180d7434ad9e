"""pgbench's tpcb-like: one transaction of five statements, the yardstick for what a PostgreSQL does on this machine.

At scale 20: with fewer branches than clients it would measure the queue for its own branch rows.
"""

import subprocess

from bench import databases

SCALE = 20
DATABASE = "bench_tpcb"


def prepare() -> None:
    """Its tables, in a database of their own, anew."""
    databases.drop(DATABASE)
    databases.on_server(f'CREATE DATABASE "{DATABASE}"')
    _pgbench("-i", "-q", "-s", str(SCALE))


def rate(clients: int, seconds: float) -> float:
    """Transactions a second, prepared; of a second at least, since pgbench counts in whole ones."""
    told = _pgbench("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds))))
    return float(next(line for line in told.splitlines() if line.startswith("tps")).split()[2])


def _pgbench(*arguments: str) -> str:
    from timebank.embedded import binaries

    command = [str(binaries.find().folder / "pgbench"), *arguments]
    environment = databases.client_environment(DATABASE)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
