"""docker-compose.yml describes the same system as the local stack, and keeps the promises of infra/images/README.md."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from chassis.catalogues import LANGUAGES, Texts
from chassis.settings import Settings
from chassis.tokens import TokenSigner, Trust
from identity.sealing import vault
from payment.settings import PaymentSettings
from registry_infra.broker_definitions import USERS
from registry_infra.deployment import prepare_secrets
from registry_infra.folders import CHECKOUT
from registry_infra.processes import MIGRATED, PROCESSES

pytestmark = pytest.mark.requirement("S-03")

COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
APPLICATION = "copyright-registry:local"
JOBS = {"secrets", "migrate"}
OURS = {name for name, service in SERVICES.items() if service["image"] == APPLICATION}
RUNNING = sorted(OURS - JOBS)


def words(command: tuple[str, ...] | list[str]) -> list[str]:
    return ["python", *command[1:]]


def environment(name: str, secrets: Path | None = None) -> dict[str, str]:
    """As the container has it; with ``secrets``, its folder of them is the one that the job made."""
    found = {key: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value) for key, value in SERVICES[name]["environment"].items()}
    if secrets is not None:
        mount = next(volume for volume in SERVICES[name]["volumes"] if "-secrets:" in volume)
        own = secrets / mount.split("-secrets:")[0].replace("-", "_")
        found = {key: value.replace("/run/registry", str(own)) for key, value in found.items()}
    return found


def test_every_process_of_the_local_stack_runs_in_a_container_with_the_same_command() -> None:
    expected = {process.name.replace("_", "-"): words(process.command) for process in PROCESSES}
    assert {name: SERVICES[name]["command"] for name in RUNNING} == expected


def test_every_process_acts_as_the_service_that_it_belongs_to() -> None:
    acts_as = {process.name.replace("_", "-"): process.service for process in PROCESSES}
    assert {name: environment(name)["REGISTRY_SERVICE"] for name in RUNNING} == acts_as


@pytest.mark.parametrize("name", sorted({*OURS, "front"}))
def test_containers_have_a_read_only_root_and_no_privileges(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service, "the image's own user is an unprivileged one"


@pytest.mark.parametrize("file", ["Dockerfile", "front/Dockerfile"])
def test_images_end_as_an_unprivileged_user_and_need_no_here_documents(file: str) -> None:
    text = (CHECKOUT / "infra" / "images" / file).read_text("utf-8")
    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE)[-1] in ("registry", "haproxy")
    assert "<<" not in text


@pytest.mark.parametrize("dockerfile", ["Dockerfile", "front/Dockerfile"])
def test_what_images_copy_is_there(dockerfile: str) -> None:
    context = CHECKOUT if dockerfile == "Dockerfile" else CHECKOUT / "infra" / "images"
    text = (CHECKOUT / "infra" / "images" / dockerfile).read_text("utf-8")
    copied = re.findall(r"^COPY ((?!.*--from).*)$", text, re.MULTILINE)
    sources = [word for line in copied for word in line.split()[:-1] if not word.startswith("--")]
    assert sources
    assert [source for source in sources if not (context / source).exists()] == []


def test_when_no_gateway_answers_the_front_says_so_as_the_gateway_would() -> None:
    """Nothing else than words: a problem with a code for programs, a page in both languages for people."""
    front = CHECKOUT / "infra" / "images" / "front"
    words = re.search(r"^    setenv TEXT '(.*)'$", (front / "haproxy.cfg").read_text("utf-8"), re.MULTILINE)
    assert words is not None
    problem = json.loads("{" + words.group(1) + "}")
    texts = Texts(CHECKOUT / "gateway/gateway/texts/problems")
    page = (front / "unavailable.html").read_text("utf-8")
    for language in LANGUAGES:
        sentence = texts.pattern("problem", problem["code"], language)
        assert sentence in problem["title"]
        assert sentence in page


def test_the_health_check_reads_the_whole_answer_and_says_what_it_was() -> None:
    """One that hangs up early leaves a traceback in the log of the process, every ten seconds."""
    for status, expected in (("200 OK", 0), ("503 Service Unavailable", 1)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1])
            asked = subprocess.Popen(["bash", CHECKOUT / "infra" / "images" / "ready", port])
            connection, _ = server.accept()
            with connection:
                request = b""
                while not request.endswith(b"\r\n\r\n"):
                    request += connection.recv(1000)
                connection.sendall(f"HTTP/1.0 {status}\r\n\r\n".encode())
                time.sleep(0.1)
                assert asked.poll() is None, "it went away"
                connection.sendall(b"{}")
            assert (asked.wait(5) == 0) == (expected == 0)


def test_health_is_asked_by_shell_wherever_something_keeps_running() -> None:
    asked = {name: service["healthcheck"]["test"][0] for name, service in SERVICES.items() if name not in JOBS}
    assert set(asked.values()) == {"CMD-SHELL"}


def test_nothing_running_depends_on_a_job_that_ends() -> None:
    """podman 4 would start the job again, and fails when the job itself depends on something that runs."""
    for name, service in SERVICES.items():
        if name in OURS:
            continue
        assert set(service.get("depends_on", {})) & JOBS <= {"secrets"}
    assert [name for name in RUNNING if SERVICES[name].get("depends_on")] == []


def test_secrets_are_read_only_and_each_volume_of_them_has_one_service_as_its_reader() -> None:
    readers: dict[str, set[str]] = {}
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source, _, rest = volume.partition(":")
            if source.endswith("-secrets") and name not in JOBS:
                assert rest.endswith(":ro") or name == "provider", f"{name} may write {source}"
                readers.setdefault(source, set()).add(service.get("environment", {}).get("REGISTRY_SERVICE", name))
    assert all(len(services) == 1 for services in readers.values())


def test_no_secret_is_in_the_compose_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in (service.get("environment") or {}).items():
            assert (
                variable.endswith("_FILE") or not re.search("PASS|SECRET|_KEY$|_URL$", variable) or "@" not in value
            ), name


def test_base_images_are_pinned_by_digest_and_alike_wherever_they_are_named() -> None:
    compose = (CHECKOUT / "docker-compose.yml").read_text("utf-8")
    pinned = re.findall(r"\$\{(REGISTRY_\w+_IMAGE):-([\w.:-]+@sha256:[0-9a-f]{64})\}", compose)
    assert len(pinned) == 4
    assert len(re.findall(r"REGISTRY_\w+_IMAGE", compose)) == 4
    for file in ("Dockerfile", "front/Dockerfile"):
        text = (CHECKOUT / "infra" / "images" / file).read_text("utf-8")
        (variable, image) = re.findall(r"^ARG (\w+)=(\S+)$", text, re.MULTILINE)[0]
        assert (f"REGISTRY_{variable}", image) in pinned
        assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {f"${{{variable}}}"}


def test_the_runbook_backs_up_and_restores_what_is_mounted_where() -> None:
    """Every volume but the broker's and the folder that statements pass through, each by a service that has it."""
    page = (CHECKOUT / "docs" / "runbooks" / "backup-and-restore.md").read_text("utf-8")
    saved, restored = set[str](), set[str]()
    for line in re.findall(r"^docker compose (?:exec|run) .*BACKUP.*$", page, re.MULTILINE):
        name = next(word for word in line.split() if word in SERVICES)
        mounts = {place: source for source, place, *_ in (volume.split(":") for volume in SERVICES[name]["volumes"])}
        folder = re.search(r"(?:-C|cd) (/\S+)", line)
        place = folder.group(1) if folder else "/var/lib/postgresql/data"
        found = {source for mounted, source in mounts.items() if mounted == place or mounted.startswith(f"{place}/")}
        assert found, line
        (saved if ">" in line else restored).update(found)
    assert saved == restored == set(COMPOSE["volumes"]) - {"rabbitmq-data", "prepared", "bank-folder"}


def test_every_package_of_the_workspace_is_in_the_image() -> None:
    text = (CHECKOUT / "infra" / "images" / "Dockerfile").read_text("utf-8")
    projects = [*CHECKOUT.glob("*/pyproject.toml"), *CHECKOUT.glob("services/*/pyproject.toml")]
    missing = [
        str(file.relative_to(CHECKOUT)) for file in projects if f"COPY {file.relative_to(CHECKOUT)} " not in text
    ]
    assert missing == []


@pytest.fixture(scope="module")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("secrets")
    for part in (*MIGRATED, "deployment", "postgres", "rabbitmq"):  # mounted volumes are there before the job
        (folder / part).mkdir()
    prepare_secrets(folder)
    return folder


@pytest.mark.parametrize("name", RUNNING)
def test_the_secrets_job_makes_what_each_process_needs(name: str, secrets: Path) -> None:
    settings = Settings.from_environment(environment(name, secrets))
    service = settings.service
    assert settings.database_url.startswith(f"postgresql://{service}_app:")
    assert settings.database_url.endswith(f"@postgres:5432/{service}")
    assert settings.amqp_url.startswith(f"amqp://{service}:")
    token = TokenSigner.load(settings.keys_dir, service).sign({"sub": "x"}, audience="registry", ttl=60)
    assert Trust.load(secrets / "gateway").verify(token, audience="registry", issuer=service)["sub"] == "x"


def test_identity_has_its_data_key_archive_its_seal_and_payment_its_providers(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in environment("identity", secrets).items():
        monkeypatch.setenv(key, value)
    assert vault(Settings.from_environment())
    archive = Settings.from_environment(environment("archive", secrets))
    assert (archive.pki_dir / "seal.key").exists()
    variables = environment("payment", secrets)
    payment = PaymentSettings.load(Settings.from_environment(variables), variables)
    assert payment.wechat is not None
    assert payment.wechat.notify_url == "http://front:8000/api/v1/callbacks/wechatpay"


def test_secrets_are_made_once_and_only_the_servers_files_are_readable_to_others(secrets: Path) -> None:
    before = {file: file.read_bytes() for file in secrets.rglob("*") if file.is_file()}
    prepare_secrets(secrets)
    assert {file: file.read_bytes() for file in secrets.rglob("*") if file.is_file()} == before
    public = {"trust.json", "superuser-password", "definitions.json"}
    readable = {f.name for f in before if stat.S_IMODE(f.stat().st_mode) & 0o004 and f.suffix not in (".crl", ".pem")}
    assert readable <= public
    users = json.loads((secrets / "rabbitmq" / "definitions.json").read_text())["users"]
    assert {user["name"] for user in users} == set(USERS)


def test_the_entry_point_starts_a_process_only_when_its_own_image_has_migrated(tmp_path: Path) -> None:
    script = (CHECKOUT / "infra" / "images" / "prepared").read_text("utf-8")
    for mark in ("/run/prepared/build", "/opt/registry/build"):
        script = script.replace(mark, str(tmp_path / mark.split("/")[1]))
    (tmp_path / "opt").write_text("this image\n")
    (tmp_path / "run").write_text("another image\n")
    process = subprocess.Popen(["sh", "-c", script, "prepared", "echo", "started"], stdout=-1, stderr=-1, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "waiting for the job migrate of this image\n"
    assert process.poll() is None
    (tmp_path / "new").write_text("this image\n")
    os.replace(tmp_path / "new", tmp_path / "run")
    assert process.communicate(timeout=10)[0] == "started\n"


def test_another_teams_service_that_is_named_gets_a_user_and_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert SERVICES["secrets"]["environment"] == {"REGISTRY_LISTENERS": "${REGISTRY_LISTENERS:-}"}
    for part in (*MIGRATED, "deployment", "postgres", "rabbitmq"):
        (tmp_path / part).mkdir()
    prepare_secrets(tmp_path)
    assert json.loads((tmp_path / "deployment" / "listeners.json").read_text()) == {}
    monkeypatch.setenv("REGISTRY_LISTENERS", "catalogue")
    prepare_secrets(tmp_path)
    address = json.loads((tmp_path / "deployment" / "listeners.json").read_text())["catalogue"]
    assert re.fullmatch(r"amqp://catalogue:[^@]{20,}@rabbitmq:5672/registry", address)
    known = json.loads((tmp_path / "rabbitmq" / "definitions.json").read_text())["users"]
    assert [user["tags"] for user in known if user["name"] == "catalogue"] == [""]
