"""Evidence of a target's behaviour: its calls, recorded, written as JSON, and shown in the docs."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDER = Path(__file__).parents[1] / "conformance" / "evidence"
FIDELITY = Path(__file__).parents[2] / "docs" / "fidelity.md"
BEGIN = "<!-- evidence: made by python tests/support/evidence.py -->"
END = "<!-- evidence: end -->"
SENSITIVE = (
    (re.compile(r"\b\d{12}\b"), "<account>"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b"), "<key>"),
)
IDENTIFIERS = ("EndpointIdentifier", "ReplicationInstanceIdentifier")


class Recorder:
    """Records every call of a client, without account numbers, keys and identifiers."""

    def __init__(self, placeholders: Mapping[str, str]) -> None:
        self.calls: list[dict[str, Any]] = []
        self._placeholders = dict(placeholders)

    def watch(self, client: Any) -> None:
        events = client.meta.events
        events.register_first("provide-client-params", self._keep_parameters)
        events.register_last("before-call", self._keep_request)
        events.register_last("after-call", self._record)

    @staticmethod
    def _keep_parameters(params: Any, context: dict[str, Any], **_: Any) -> None:
        context["evidence_params"] = params

    @staticmethod
    def _keep_request(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["evidence_request"] = params

    def _record(
        self, http_response: Any, parsed: Any, model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        error = parsed.get("Error", {})
        members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        request = context["evidence_request"]
        seen = {
            "operation": model.name,
            "request": context["evidence_params"],
            "target": unexpected_target(model.name, request["headers"].get("X-Amz-Target")),
            "body": request["body"] if not context["evidence_params"] else None,
            "status": http_response.status_code,
            "code": error.get("Code"),
            "message": first_line_of(error.get("Message") or ""),
            "members": [] if error else sorted(members_of(members)),
            "statuses": [] if error else sorted(statuses_of(members)),
            "headers": sorted(name.lower() for name in http_response.headers),
        }
        self._placeholders.update(
            (name, "<identifier>") for name in values_of(members, IDENTIFIERS) if name
        )
        self.calls.append(
            {name: value for name, value in seen.items() if value not in (None, [], "")}
        )

    def masked_calls(self, start: int = 0) -> list[dict[str, Any]]:
        """The calls from number `start`, without secrets."""
        return [self._masked(call) for call in self.calls[start:]]

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._masked(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._masked(member) for member in value]
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        if isinstance(value, str):
            for name, placeholder in self._placeholders.items():
                value = value.replace(name, placeholder)
            for pattern, placeholder in SENSITIVE:
                value = pattern.sub(placeholder, value)
        return value


def unexpected_target(operation: str, target: Any) -> str | None:
    """The `X-Amz-Target` of a request, if it does not name the operation."""
    text = target.decode() if isinstance(target, bytes) else str(target)
    return None if text.endswith(f".{operation}") else text


def first_line_of(message: str) -> str:
    """The start of a message, because some internal errors are HTML pages with a traceback."""
    return message.partition("\n")[0][:500]


def members_of(value: Any, prefix: str = "") -> Iterable[str]:
    """The paths of the members of an answer; the entries of a list share their paths."""
    found: set[str] = set()
    if isinstance(value, dict):
        for name, member in value.items():
            found |= {prefix + name, *members_of(member, f"{prefix}{name}.")}
    elif isinstance(value, list):
        for entry in value:
            found |= set(members_of(entry, prefix))
    return found


def values_of(value: Any, names: tuple[str, ...]) -> Iterable[str]:
    """The texts of the members with these names, at any depth."""
    if isinstance(value, dict):
        for name, member in value.items():
            if name in names and isinstance(member, str):
                yield member
            yield from values_of(member, names)
    elif isinstance(value, list):
        for entry in value:
            yield from values_of(entry, names)


def statuses_of(value: Any) -> set[str]:
    return set(values_of(value, ("Status", "ReplicationInstanceStatus")))


def versions() -> dict[str, str]:
    """The installed releases that matter for the evidence."""
    installed = {one.name: one.version for one in distributions()}
    names = ("botocore", "moto", "pytest-dmsconn")
    return {name: installed[name] for name in names if name in installed}


def write(folder: Path, target: str, date: str, rows: Mapping[str, Any]) -> Path:
    """Write the evidence, row by row."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{date}-{target}.json"
    head = {"target": target, "date": date, "versions": versions()}
    lines = [f"{line_of(name)}: {line_of(value)}," for name, value in head.items()]
    entries = [f" {line_of(row)}: {entry_of(seen)}" for row, seen in sorted(rows.items())]
    text = "\n".join(["{", *lines, '"rows": {', ",\n".join(entries), "}}"])
    path.write_text(text + "\n", encoding="utf-8")
    return path


def entry_of(seen: Mapping[str, Any]) -> str:
    """The evidence of a row, a line for each call, without repeated calls."""
    calls = [line_of(call) for call in seen["calls"]]
    fresh = [call for call, before in zip(calls, ["", *calls], strict=False) if call != before]
    outcome = f'{{"outcome": {line_of(seen["outcome"])}, "reason": {line_of(seen["reason"])}'
    if not fresh:
        return f'{outcome}, "calls": []}}'
    return f'{outcome}, "calls": [\n  ' + ",\n  ".join(fresh) + "\n ]}"


def line_of(value: Any) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)


def newest(target: str) -> dict[str, Any] | None:
    """The newest evidence of a target; None if there is none."""
    paths = sorted(FOLDER.glob(f"????-??-??-{target}.json"))
    if not paths:
        return None
    content: dict[str, Any] = json.loads(paths[-1].read_text(encoding="utf-8"))
    return content


def words_of(evidence: Mapping[str, Any] | None, row: str) -> str:
    """The cell of a row in the table of the docs."""
    if evidence is None:
        return "never run"
    seen = evidence["rows"].get(row)
    return f"{seen['outcome']} ({evidence['date']})" if seen else "not in that run"


def table(rows: Iterable[str]) -> str:
    """The table of docs/fidelity.md."""
    aws, moto = newest("aws"), newest("moto")
    lines = ["| row | DMS itself | moto |", "|---|---|---|"]
    lines += [f"| {row} | {words_of(aws, row)} | {words_of(moto, row)} |" for row in rows]
    return "\n".join(lines)


def rows_of_the_page() -> list[str]:
    """The rows of docs/fidelity.md, in its order."""
    text = FIDELITY.read_text(encoding="utf-8").partition(BEGIN)[0]
    return re.findall(r"^\| ([DTQENW]\d{1,2}a?) \|", text, re.MULTILINE)


def page_with_table() -> str:
    """The text of docs/fidelity.md with the current table."""
    before, begin, rest = FIDELITY.read_text(encoding="utf-8").partition(BEGIN)
    if not begin:
        sys.exit(f"{FIDELITY} has no line {BEGIN}")
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{table(rows_of_the_page())}\n\n{END}{after}"


if __name__ == "__main__":
    FIDELITY.write_text(page_with_table(), encoding="utf-8")
