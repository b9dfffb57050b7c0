"""What is logged when something went wrong: where, under a reference that the person is told, and nobody's words."""

import logging
import secrets
import traceback

LOG = logging.getLogger(__name__)


def log_fault(error: BaseException) -> str:
    """Log where `error` happened, under a reference such as `7F3A`, and return that.

    The error's message, which may quote a question, is logged only at debug level.
    """
    ref = secrets.token_hex(2).upper()
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-4:]))
    LOG.error("ref %s: %s at %s", ref, type(error).__name__, where)
    LOG.debug("ref %s", ref, exc_info=error)
    return ref
