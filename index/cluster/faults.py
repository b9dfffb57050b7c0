"""What a cluster answers when it does not do what it is asked, as one sentence: what happened, and what to do.

Nothing that somebody asked and no password comes into a sentence.
"""

import ssl
from typing import Any, Final

from index.errors import ClusterError

_PASSING: Final = frozenset((408, 429, 500, 502, 503, 504))
_NOT_READY: Final = "is not ready (503): no manager is elected, or too few nodes are there"
# A status, or what its error says; the first that fits is told.
_REFUSALS: Final[tuple[tuple[int | str, str], ...]] = (
    (401, "the user, the password or the API key is not accepted; mend `cluster_user` and `cluster_password`"),
    ("SERVICE_UNAVAILABLE", _NOT_READY),
    ("cluster_block", "takes no changes, perhaps because a disk is nearly full; free some space and try again"),
    ("FORBIDDEN/12", "takes no changes, because a disk is nearly full; free some space and try again"),
    (403, "this user may not do that; give it the rights that docs/cluster.md lists"),
    (
        "circuit_breaking",
        "a node is short of memory (its circuit breaker opened); give it more heap",
    ),
    (429, "is asked more than it can do just now (429); ask less at once, or add nodes"),
    (404, "an index is not there any more; it may have been removed while it was asked"),
    ("no_shard_available", "a part of the index is not there (its health is red); bring back the nodes that hold it"),
    ("NoShardAvailable", "a part of the index is not there (its health is red); bring back the nodes that hold it"),
    ("search_phase", "a part of the index is not there (its health is red); bring back the nodes that hold it"),
    (503, _NOT_READY),
)


class GoneError(Exception):
    """An answer is not whole: a shard is missing, or took too long."""


def may_pass(error: BaseException) -> bool:
    """Return whether another node, or the same one later, may well do what was asked."""
    from opensearchpy.exceptions import ConnectionError as Refused
    from opensearchpy.exceptions import TransportError

    if isinstance(error, Refused):
        return _certificate(error) is None
    status = error.status_code if isinstance(error, TransportError) else None
    return status in _PASSING or isinstance(error, GoneError | TimeoutError | OSError)


def fault(error: BaseException, hosts: str, seconds: float) -> ClusterError:
    """Return an error of the client as one of ours; `seconds` is how long an answer was waited for."""
    if isinstance(error, ClusterError):
        return error
    told = ClusterError(f"{hosts}: {_sentence(error, seconds)}")
    told.__cause__ = error
    return told


def _sentence(error: BaseException, seconds: float) -> str:
    from opensearchpy.exceptions import ConnectionError as Refused
    from opensearchpy.exceptions import ConnectionTimeout, TransportError

    if isinstance(error, ConnectionTimeout | TimeoutError):
        return f"no answer within {seconds:g} s; look at the load and the health of the cluster"
    if isinstance(error, Refused):
        if (broken := _certificate(error)) is not None:
            return broken
        return "cannot be reached; start the cluster, or mend `cluster`"
    if isinstance(error, TransportError):
        return _refusal(error)
    return str(error) or type(error).__name__


def _certificate(error: Any) -> str | None:
    """Return what is wrong with the certificate of a host, None where that is not the matter."""
    at: BaseException | None = error.info if isinstance(getattr(error, "info", None), BaseException) else error
    while at is not None and (hasattr(at, "certificate_error") or not isinstance(at, ssl.SSLCertVerificationError)):
        inner = getattr(at, "certificate_error", None)
        at = inner if isinstance(inner, BaseException) else at.__cause__ or at.__context__
    if not isinstance(at, ssl.SSLCertVerificationError):
        return None
    if "expired" in at.verify_message:
        return "its certificate has expired; renew it"
    if "self" in at.verify_message or "issuer" in at.verify_message:
        return "its certificate is signed by nobody who is trusted here; name the file of its authority in `cluster_ca`"
    return f"its certificate is not valid for that name ({at.verify_message})"


def _refusal(error: Any) -> str:
    status, kind, reason = error.status_code, str(error.error), _reason(error)
    said = f"{kind} {reason}"
    for matches, sentence in _REFUSALS:
        if matches == status or (isinstance(matches, str) and matches in said):
            return sentence
    return f"refused a request ({status} {kind}{': ' + reason if reason else ''})"


def _reason(error: Any) -> str:
    info = error.info if isinstance(error.info, dict) else {}
    inner = info.get("error", {})
    return str(inner.get("reason", ""))[:200] if isinstance(inner, dict) else ""
