"""A private RabbitMQ node: found on this machine or fetched, configured, and described as parts for the supervisor.

Every name and port is the stack's own: node, cookie, epmd, so that nodes of several stacks and of the machine itself
never meet.
"""

import glob
import json
import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import amqp

from registry_infra import debian
from registry_infra.broker_definitions import TOPOLOGY, USERS, VHOST, definitions, listeners
from registry_infra.credentials import load_credentials
from registry_infra.folders import Folders, give_to
from registry_infra.ownership import claim_for_server_user
from registry_infra.parts import STACK_VARIABLE, NotReady, Part, Program
from registry_infra.ports import choose_ports
from registry_infra.private import write_whole
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

PORTS = ["amqp", "amqp distribution", "epmd"]
# The distribution's own start script (/usr/sbin) refuses to run as anyone but root or rabbitmq; these do not.
INSTALLED = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")
NEEDED = r"(erlang|rabbitmq|socat|libwrap|libsctp|libncurses|libtinfo|libssl)"
ITS_OWN_FOLDER = "/proc/self/cwd"
"""The node's working folder by a name that stays true when the folder is moved or copied: quorum queues write the path
of their files into those files, and do not start under another."""
PLUGINS_KEPT = ("rabbitmq_prelaunch", "rabbitmq_management_agent", "rabbitmq_web_dispatch", "rabbitmq_prometheus")


@dataclass(frozen=True)
class Installation:
    """Where the broker's programs are. `libraries` is empty unless they were fetched."""

    server: Path
    epmd: Path
    path: str
    libraries: str = ""


@dataclass(frozen=True)
class Broker:
    """One node: its parts in starting order, and an address for each user."""

    port: int
    passwords: dict[str, str]
    parts: tuple[Part, ...]

    def uri(self, user: str = TOPOLOGY) -> str:
        """The address with a user's password in it: not to be shown."""
        return f"amqp://{user}:{quote(self.passwords[user], safe='')}@127.0.0.1:{self.port}/{VHOST}"


def find_installation(cache: Path, say: Say) -> Installation:
    """The machine's RabbitMQ, or one fetched with apt's client; raises StackProblem where neither is possible."""
    for pattern in INSTALLED:
        for script in glob.glob(pattern):
            return _installation(Path(script), os.environ.get("PATH", os.defpath))
    on_path = shutil.which("rabbitmq-server")
    if on_path and not debian.is_available():
        return _installation(Path(on_path), os.environ.get("PATH", os.defpath))
    if not debian.is_available():
        raise StackProblem(
            "no RabbitMQ was found and it can be fetched on Debian and Ubuntu only. "
            "Install rabbitmq-server, or name a running broker in RABBITMQ_URI."
        )
    root = cache / "rabbitmq"
    if " " in str(root):
        raise StackProblem(f"RabbitMQ's scripts fail in a folder with a space ({root}). Set XDG_CACHE_HOME to another.")
    if not (root / "fetched").exists():
        say("Fetching RabbitMQ with apt's client (34 MB, once; nothing is installed) …")
        debian.fetch(["rabbitmq-server"], root, say=say, only=NEEDED, adapt=_relocate)
    return _fetched(root)


def _installation(script: Path, path: str) -> Installation:
    epmd = shutil.which("epmd") or next(iter(glob.glob("/usr/lib/erlang/erts-*/bin/epmd")), None)
    if epmd is None:
        raise StackProblem(
            f"{script} is installed without Erlang's epmd. Install Erlang completely, or set RABBITMQ_URI."
        )
    return Installation(script, Path(epmd), path)


def _relocate(root: Path) -> None:
    """Tells Erlang's start script its place, and drops the plugins that are not used: the node looks for each of its
    modules in every plugin's folder (seen: 14,000 failed look-ups, 2 s of a 7 s start)."""
    start = root / "usr/lib/erlang/bin/erl"
    start.write_text(
        start.read_text().replace("ROOTDIR=/usr/lib/erlang", f"ROOTDIR={shlex.quote(f'{root}/usr/lib/erlang')}")
    )
    for plugin in root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/plugins/rabbitmq_*"):
        if not plugin.name.startswith(PLUGINS_KEPT):
            shutil.rmtree(plugin)


def _fetched(root: Path) -> Installation:
    erlang = root / "usr/lib/erlang"
    script = next(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    epmd = next(erlang.glob("erts-*/bin/epmd"))
    path = f"{erlang}/bin:{root}/usr/bin:{os.environ.get('PATH', os.defpath)}"
    return Installation(script, epmd, path, debian.library_folders(root))


def prepare_broker(folders: Folders, say: Say) -> Broker:
    """Writes a node's configuration and definitions; starting it is the supervisor's task."""
    found = find_installation(folders.cache, say)
    home = folders.server_folder("rabbitmq")
    ports = choose_ports(PORTS, folders.data / "ports.json")
    users = (*USERS, *listeners())
    kept = load_credentials(folders.data / "credentials.json", [f"broker {user}" for user in users])
    passwords = {user: kept[f"broker {user}"] for user in users}
    _write(folders, home / "definitions.json", json.dumps(definitions(passwords), indent=1))
    _write(folders, home / "rabbitmq.conf", _configuration(ports["amqp"]))
    environment = _environment(found, folders, home, ports)
    epmd = Program(
        "epmd",
        (str(found.epmd), "-port", str(ports["epmd"]), "-address", "127.0.0.1"),
        environment,
        home,
        folders.server_user,
    )
    node = Program("rabbitmq", (str(found.server),), environment, home, folders.server_user)
    broker = Broker(ports["amqp"], passwords, ())
    check = BrokerCheck(broker.uri())
    return Broker(
        ports["amqp"],
        passwords,
        (
            Part(epmd, serves_others=True, stop_within=2),
            Part(node, check, serves_others=True, stop_within=30, ready_within=120),
        ),
    )


def _configuration(port: int) -> str:
    settings = {
        "listeners.tcp.1": f"127.0.0.1:{port}",
        # Beside the node's working folder: a path of Chinese characters is refused here.
        "load_definitions": "definitions.json",
        "log.console": "true",
        "log.file": "false",
        "disk_free_limit.absolute": "100MB",
    }
    return "".join(f"{name} = {value}\n" for name, value in settings.items())


def _environment(found: Installation, folders: Folders, home: Path, ports: dict[str, int]) -> dict[str, str]:
    for name in ("mnesia", "log"):
        (home / name).mkdir(mode=0o700, exist_ok=True)
        claim_for_server_user(folders, home / name)
    environment = {
        "PATH": found.path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        STACK_VARIABLE: folders.stack_id,
        "ERL_EPMD_PORT": str(ports["epmd"]),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_CRASH_DUMP_SECONDS": "0",
        "RABBITMQ_NODENAME": "registry@localhost",
        "RABBITMQ_DIST_PORT": str(ports["amqp distribution"]),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": f"{ITS_OWN_FOLDER}/mnesia",
        "RABBITMQ_LOG_BASE": str(home / "log"),
        "RABBITMQ_PID_FILE": str(home / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
        "RABBITMQ_CONF_ENV_FILE": str(home / "no-environment-file"),
        "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
        # Its start script then becomes the node instead of waiting beside it: signals reach the node itself.
        "RUNNING_UNDER_SYSTEMD": "true",
    }
    return environment | ({"LD_LIBRARY_PATH": found.libraries} if found.libraries else {})


def _write(folders: Folders, file: Path, text: str) -> None:
    write_whole(file, text)
    give_to(folders.server_user, file)


@dataclass(frozen=True)
class BrokerCheck:
    """Ready when a user can sign in at this address."""

    uri: str

    def __call__(self) -> None:
        host, user, password, vhost = _address(self.uri)
        try:
            with amqp.Connection(
                host=host, userid=user, password=password, virtual_host=vhost, connect_timeout=2, read_timeout=5
            ):
                return
        except (OSError, amqp.AMQPError) as error:
            raise NotReady(f"the broker at {host} does not let us in ({error or type(error).__name__})") from None


def _address(uri: str) -> tuple[str, str, str, str]:
    """host:port, user, password, virtual host (its default is /)."""
    parts = urlsplit(uri)
    host = f"{parts.hostname}:{parts.port or 5672}"
    return host, unquote(parts.username or "guest"), unquote(parts.password or "guest"), unquote(parts.path[1:]) or "/"
