"""What can be known of the production shape without an engine."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from timebank.embedded.roles import APP, DATABASE, OWNER

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
SECRETS = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"}
OURS = {"web", "worker", "beat", "due", "migrate", "backups"}


def test_every_part_of_production_is_there() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker", "beat", "due", "migrate", "db", "redis", "backups"}
    assert SERVICES["db"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_lasting_service_tells_its_health(name: str) -> None:
    if name == "migrate":
        assert SERVICES[name]["restart"] == "no"
    else:
        assert SERVICES[name]["healthcheck"]["test"]
        assert SERVICES[name]["restart"] == "unless-stopped"


def test_no_secret_has_a_default() -> None:
    used = re.findall(r"(?<!\$)\$\{([A-Z_]+)(:[-?][^}]*)?\}", TEXT)
    assert {name for name, _ in used} >= SECRETS
    assert not [name for name, default in used if name in SECRETS and default.startswith(":-")]
    for name in SECRETS:
        assert re.search(r"\$\{" + name + r":\?", TEXT), f"{name} missing must stop `docker compose up`"
    for line in (ROOT / ".env.example").read_text().splitlines():
        if line.partition("=")[0] in SECRETS:
            assert line.endswith("="), "the example gives no secret away"


def test_the_web_is_the_app_s_role_and_only_migrations_and_dumps_are_the_owner_s() -> None:
    for name in OURS:
        assert SERVICES[name]["environment"]["DATABASE_URL"].startswith(f"postgres://{APP}:")
        assert SERVICES[name]["environment"]["DATABASE_URL"].endswith(f"@db:5432/{DATABASE}")
    owners = {name for name, service in SERVICES.items() if "OWNER_DATABASE_URL" in service.get("environment", {})}
    assert owners == {"migrate", "backups"}
    assert SERVICES["migrate"]["environment"]["OWNER_DATABASE_URL"].startswith(f"postgres://{OWNER}:")


def test_a_new_database_gets_both_roles_from_the_same_script_as_development() -> None:
    mount = "./timebank/embedded/roles.sql:/docker-entrypoint-initdb.d/10-roles.sql:ro"
    assert mount in SERVICES["db"]["volumes"]
    assert {"OWNER_PASSWORD", "APP_PASSWORD"} <= set(SERVICES["db"]["environment"])


def test_what_a_mount_names_exists() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (ROOT / volume.split(":")[0]).is_file(), volume


def test_nothing_but_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert FILE["networks"]["data"] == {"internal": True}
    assert SERVICES["db"]["networks"] == SERVICES["redis"]["networks"] == ["data"]
    assert "data" not in SERVICES["proxy"]["networks"]


def test_web_and_workers_multiply_and_beat_does_not() -> None:
    assert SERVICES["web"]["deploy"]["replicas"] == "${WEB_REPLICAS:-2}"
    assert SERVICES["worker"]["deploy"]["replicas"] == "${WORKER_REPLICAS:-2}"
    assert SERVICES["beat"]["deploy"]["replicas"] == 1
    assert not [name for name, service in SERVICES.items() if "-B" in service.get("command", [])]


def test_everything_waits_for_the_migrations() -> None:
    for name in OURS - {"migrate"}:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_dumps_are_kept_thirty_five_days() -> None:
    assert SERVICES["backups"]["environment"]["KEEP_DAYS"] == 35
    script = (ROOT / "compose" / "backups.sh").read_text()
    assert "KEEP_DAYS * 24 * 60" in script
    assert "manage.py backup" in script
    assert "backups:/backups" in SERVICES["backups"]["volumes"]
    assert "/backups" in (ROOT / "Dockerfile").read_text()
    assert "!compose/backups.sh" in (ROOT / ".dockerignore").read_text()


def test_the_proxy_speaks_tls_to_each_web() -> None:
    proxy = (ROOT / "compose" / "Caddyfile").read_text()
    assert "tls {$TLS}" in proxy
    assert "dynamic a web 8000" in proxy


def test_the_image_runs_as_nobody_special_from_hashed_requirements() -> None:
    lines = (ROOT / "Dockerfile").read_text()
    assert "USER timebank" in lines
    assert "--require-hashes -r requirements.txt" in lines
    assert "translations compile" in lines
    assert "collectstatic" in lines
    assert not re.search(r"^(ENV|ARG).*(SECRET|PASSWORD)", lines, re.MULTILINE)


def test_the_image_carries_every_app(settings: Any) -> None:
    own = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    carried = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert own | {"templates", "static", "locale", "manage.py", "requirements.txt"} <= carried


def test_compose_itself_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("the docker compose client is not installed")
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(re.sub(r"^([A-Z_]+)=$", r"\1=x", example, flags=re.MULTILINE))
    command = [docker, "compose", "--env-file", str(tmp_path / ".env"), "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [docker, "compose", "--env-file", "/dev/null", "config"], cwd=ROOT, capture_output=True, text=True
    )
    assert "is missing in .env" in done.stderr
