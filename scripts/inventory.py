"""What is installed beside this Python: as a software bill of materials, or as the page of licences.

python scripts/inventory.py sbom >sbom.json                # CycloneDX 1.6, with the system's packages
python scripts/inventory.py licences >docs/licences.md     # of what production.txt locks
"""

import json
import platform
import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements/production.txt"
DEBIAN = "${Package}\t${Version}\t${Architecture}\n"

PAGE = """\
# Licences

namewright itself is under the [MIT licence](../LICENSE). The lists of names have their sources and licences in
[LISTS.md](../model/corpus/bundled/LISTS.md), the words that are left out of names in [decency.md](decency.md). What it
runs on, as installed on Linux from `requirements/production.txt`, says of itself (`make lock` writes this page).
fastapi-offline holds Swagger UI, which is under Apache-2.0. The image adds CPython (PSF-2.0) and Debian's packages,
whose licences are in its `/usr/share/doc/*/copyright`; `/opt/venv/sbom.json` lists all of it.

| package | licence |
|---|---|
"""


def canonical(name: str) -> str:
    """The name of a package in the form that all its spellings share (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> dict[str, Distribution]:
    """The packages of this Python, by name."""
    found = {canonical(one.metadata["Name"]): one for one in distributions()}
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """The licence that a package declares: an SPDX expression, else its classifiers, else the start of its text."""
    said = package.metadata.json
    expression = said.get("license_expression")
    if isinstance(expression, str):
        return expression
    classifiers = [one.rpartition(" :: ")[2] for one in said.get("classifier", ()) if one.startswith("License ::")]
    text = str(said.get("license", "unknown")).strip().partition("\n")[0]
    return ", ".join(one for one in classifiers if one != "OSI Approved") or text


def sbom() -> dict[str, Any]:
    """A bill of materials: Python, its packages, and those of Debian where there are any."""
    python = platform.python_version()
    components = [_component("application", "cpython", python, f"generic/python@{python}")]
    for name, package in installed().items():
        one = _component("library", name, package.version, f"pypi/{name}@{package.version}")
        is_expression = "license_expression" in package.metadata.json
        one["licenses"] = [
            {"expression": licence(package)} if is_expression else {"license": {"name": licence(package)}}
        ]
        components.append(one)
    components += [
        _component("library", name, version, f"deb/debian/{name}@{version.replace('+', '%2B')}?arch={architecture}")
        for name, version, architecture in _debian()
    ]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def _component(kind: str, name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": kind, "bom-ref": f"pkg:{purl}", "name": name, "version": version, "purl": f"pkg:{purl}"}


def _debian() -> list[list[str]]:
    query = shutil.which("dpkg-query")
    if query is None:
        return []
    listed = subprocess.run([query, "--show", f"--showformat={DEBIAN}"], capture_output=True, text=True, check=True)  # noqa: S603
    return [line.split("\t") for line in listed.stdout.splitlines()]


def licences() -> str:
    """The page of licences."""
    locked = re.findall(r"^([\w.-]+)==", LOCK.read_text("utf-8"), re.MULTILINE)
    here = installed()
    rows = [f"| {name} | {licence(here[name])} |\n" for name in sorted(set(map(canonical, locked))) if name in here]
    return PAGE + "".join(rows)


if __name__ == "__main__":
    if sys.argv[1:] == ["sbom"]:
        json.dump(sbom(), sys.stdout, indent=1)
    elif sys.argv[1:] == ["licences"]:
        sys.stdout.write(licences())
    else:
        sys.exit(__doc__)
