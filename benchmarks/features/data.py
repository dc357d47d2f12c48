"""The data of W: a made-up core of one size and shape, kept between runs."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from benchmarks.measure import measure
from benchmarks.places import PROJECT

REQUEST = "request.json"
MADE = "made.json"
MAKE = "benchmarks.features.data:make"
BUCKET_ENCOUNTERS = 500_000  # as config/settings.yaml has it
MIN_BUCKETS = 2


def prepare(folder: Path, encounters: int, shape: str, bucket_encounters: int = BUCKET_ENCOUNTERS) -> Path:
    """Make the data, unless what is there was made from the same request by the same generator.

    Returns
    -------
    Path
        Folder with ``lake/core`` and ``made.json``.
    """
    data = folder / f"{shape}-{encounters}"
    buckets = max(MIN_BUCKETS, -(-encounters // bucket_encounters))
    request = {"encounters": encounters, "shape": shape, "buckets": buckets, "generator": _fingerprint()}
    if not (data / MADE).exists() or json.loads((data / REQUEST).read_text(encoding="utf-8")) != request:
        folder.mkdir(parents=True, exist_ok=True)
        # Made beside its place and moved there when whole, so that it may be interrupted.
        fresh = Path(tempfile.mkdtemp(prefix=f"{data.name}.", dir=folder))
        (fresh / REQUEST).write_text(json.dumps(request), encoding="utf-8")
        made = measure(MAKE, fresh)
        (fresh / MADE).write_text(json.dumps(made.result), encoding="utf-8")
        shutil.rmtree(data, ignore_errors=True)
        fresh.rename(data)
    return data


def make(data: Path, _work: Path) -> dict[str, object]:
    """Make what ``request.json`` asks for, in a process of its own; gives the true number and the data cut-off."""
    from benchmarks.core_data import SHAPES, write_core
    from benchmarks.places import REFERENCE
    from pipelines.cut_off import find_cut_off

    request = json.loads((data / REQUEST).read_text(encoding="utf-8"))
    shape = SHAPES[request["shape"]]
    encounters = write_core(data / "lake", REFERENCE, request["encounters"], request["buckets"], shape)
    return {"encounters": encounters, "cut_off": find_cut_off(data / "lake", None).isoformat()}


def read_cut_off(data: Path) -> str:
    """Give the data cut-off, an ISO date: an argument of W, not part of the work."""
    return str(json.loads((data / MADE).read_text(encoding="utf-8"))["cut_off"])


def _fingerprint() -> str:
    sources = [PROJECT / "benchmarks" / "core_data.py", *sorted((PROJECT / "benchmarks" / "made_up").glob("*.sql"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
