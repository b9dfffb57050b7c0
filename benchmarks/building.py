"""One process that builds one engine's index, or opens it and asks once.

    python -m benchmarks.building build|first NAME FOLDER

Prints one JSON object: CPU seconds of the build (the making of its input not counted), bytes on disk, peak memory; or
CPU seconds from the start of the process to its first answer.
"""

import json
import resource
import shutil
import sys
import time
from pathlib import Path

from benchmarks.corpora import Corpus, Passages, bytes_of
from benchmarks.ours import PATHS, Ours
from benchmarks.peers import PEERS, SHARED
from benchmarks.peers.peer import Peer


def stored_in(name: str, corpus: Path) -> Path:
    """Return the folder of an engine's index below that of the collection."""
    return corpus / "engines" / SHARED.get(name, name)


def engine(name: str) -> Peer:
    return Ours(name) if name in PATHS else PEERS[name]()


def build(name: str, corpus: Corpus) -> dict[str, float]:
    folder = stored_in(name, corpus.folder)
    # What an earlier run left would be added to, or stand in the way.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    passages = Passages(corpus)
    begun = time.process_time()
    engine(name).build(passages, folder)
    spent = time.process_time() - begun - passages.spent_ns / 1e9
    return {"build_s": round(spent, 2), "disk_mb": round(bytes_of(folder) / 1e6, 1), "peak_mb": _peak()}


def first(name: str, corpus: Corpus) -> dict[str, float]:
    peer = engine(name)
    peer.open(stored_in(name, corpus.folder))
    terms = next(iter(corpus.questions().values()))[0]
    peer.search(peer.prepare(terms), 10)
    return {"first_s": round(time.process_time(), 2), "serving_mb": _peak()}


def _peak() -> float:
    """Megabytes. What getrusage says begins with the peak of the starting process, so Linux is asked first."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return round(int(lines["VmHWM"].split()[0]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    work = {"build": build, "first": first}[sys.argv[1]]
    print(json.dumps(work(sys.argv[2], Corpus.stored(Path(sys.argv[3])))))
