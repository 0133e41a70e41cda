"""What runs, what does not, why, and what to do about it: for people, and as JSON for programs."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass

from registry_infra.folders import Folders
from registry_infra.state import PartState, StackState, load_state, processes_of, supervisor_of

SYMBOLS = {"well": "✔", "waiting": "…", "wrong": "✘"}


@dataclass(frozen=True)
class PartHealth:
    """condition: well, waiting (give it a moment) or wrong. `problem` and `remedy` are sentences, empty when well."""

    name: str
    condition: str
    state: str
    pid: int | None
    seconds: float
    restarts: int
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class StackHealth:
    """`running` says whether a supervisor lives; `healthy` whether everything does its job."""

    running: bool
    healthy: bool
    phase: str
    url: str
    problem: str
    remedy: str
    parts: list[PartHealth]

    def as_json(self) -> str:
        """For programs: `./registry status --json`."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    def in_words(self) -> str:
        """For people: a line for each part, with what to do where something is wrong."""
        lines = [f"{self.url}: {self.phase}" if self.running else self.problem]
        for part in self.parts if self.running else []:
            lived = _duration(part.seconds)
            if part.restarts:
                lived += f", restarted {'once' if part.restarts == 1 else f'{part.restarts} times'}"
            lines.append(f" {SYMBOLS[part.condition]} {part.name:<18} {part.state} ({lived})")
            lines += [f"     {text}" for text in (part.problem, part.remedy) if text]
        if self.remedy:
            lines.append(self.remedy)
        return "\n".join(lines)


def health_of(folders: Folders) -> StackHealth:
    """Asks every part that should run, also when the supervisor is gone."""
    state = load_state(folders.state)
    if state is None or supervisor_of(state) is None:
        left = sum(1 for _ in processes_of(folders.stack_id))
        url = state.url if state else ""
        if left:
            problem = f"The stack in {folders.data} lost its supervisor; {left} of its processes still run."
            remedy = f"End them with ./registry down{folders.option}, then ./registry up{folders.option}."
            return StackHealth(False, False, "lost", url, problem, remedy, [])
        problem = f"The stack in {folders.data} is stopped."
        return StackHealth(False, False, "stopped", url, problem, f"Start it with ./registry up{folders.option}.", [])
    parts = [_part_health(part, folders) for part in state.parts]
    healthy = state.phase == "running" and all(part.condition == "well" for part in parts)
    return StackHealth(True, healthy, _phase(state, healthy), state.url, "", "", parts)


def _phase(state: StackState, healthy: bool) -> str:
    if state.phase == "running":
        return "running, all well" if healthy else "running, but not all is well"
    return state.phase


def _part_health(part: PartState, folders: Folders) -> PartHealth:
    seconds = time.time() - part.since
    see = f"Its log: ./registry logs {part.name}{folders.option}"
    if part.state == "restarting":
        problem = f"It died ({part.last_end}) and is being started again."
        return PartHealth(part.name, "wrong", part.state, None, seconds, part.restarts, problem, see)
    if part.state == "starting":
        waiting = "wrong" if part.restarts > 2 else "waiting"
        problem = f"It was started again after {part.last_end}." if part.restarts else ""
        return PartHealth(
            part.name, waiting, part.state, part.pid, seconds, part.restarts, problem, see if problem else ""
        )
    reason = _not_ready(part.health_port) if part.health_port else ""
    if reason:
        return PartHealth(part.name, "wrong", "not ready", part.pid, seconds, part.restarts, reason, see)
    return PartHealth(part.name, "well", part.state, part.pid, seconds, part.restarts)


def _not_ready(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return ""
    except urllib.error.HTTPError as error:
        return f"It runs but cannot do its job: {_reasons(error.read(20_000))}"
    except OSError as error:
        return f"It runs but does not answer ({error})."


def _reasons(body: bytes) -> str:
    """The parts that /readyz calls bad, whatever else it lists; the text itself when it is no JSON object."""
    try:
        parts: dict[str, str] = json.loads(body)["parts"]
    except (ValueError, LookupError, TypeError):
        return body.decode(errors="replace").strip()[:300]
    bad = [f"{name}: {said}" for name, said in parts.items() if said != "ok"]
    return "; ".join(bad) or "it does not say why"


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
