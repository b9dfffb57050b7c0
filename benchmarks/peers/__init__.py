"""The peers by name, in the order of the table."""

from collections.abc import Mapping
from typing import Final

from benchmarks.peers.in_c import Fts5, Pisa, PisaMaxScore
from benchmarks.peers.in_java import Lucene
from benchmarks.peers.in_python import Bm25s, Bm25sNumba, RankBm25
from benchmarks.peers.in_rust import Bm25Turbo, Lucivy, RankBm25Rs, Tantivy
from benchmarks.peers.peer import Peer

PEERS: Final[Mapping[str, type[Peer]]] = {
    "pisa": Pisa,
    "pisa-maxscore": PisaMaxScore,
    "bm25s-numba": Bm25sNumba,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
    "lucene": Lucene,
    "bm25-turbo": Bm25Turbo,
    "sqlite-fts5": Fts5,
    "rank-bm25": RankBm25,
    "rank-bm25-rs": RankBm25Rs,
    "lucivy": Lucivy,
}

# Searched in the index that another one has built.
SHARED: Final[Mapping[str, str]] = {"pisa-maxscore": "pisa", "bm25s-numba": "bm25s"}
