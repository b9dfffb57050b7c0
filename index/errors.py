"""The errors of the library, as one tree.

    IndexLibraryError
    ├── SourceError               a path given to index cannot be used at all
    ├── NoIndexError              nothing was built here yet
    ├── BrokenIndexError          a file is damaged or missing
    │   ├── OutdatedIndexError    built in another format or by another analyzer
    │   ├── NewerIndexError       built by a later version of this program
    │   ├── UnreadableIndexError  the system does not let this user read a file
    │   └── NoOlderIndexError     no healthy generation is left to go back to
    ├── BuildRefusedError         the new generation would hold nothing
    │   └── LossRefusedError      the new generation would lose too much
    ├── BuildBusyError            another process is building
    ├── StorageError              the disk is full, or a folder is not writable
    ├── WorkerError               a process that helps to build ended before its time
    ├── FetchError                what lies at an address could not be fetched
    │   └── RefusedAddressError   an address is none that may be fetched
    ├── ClusterError              a cluster of OpenSearch could not do what it was asked
    ├── FieldMapError             a map of field names is malformed
    ├── ModelError                a model of meaning cannot be used
    └── QuestionSetError          a question set for evaluation is malformed or incomplete

A message says the place, the cause, and what to do about it there; the command to run next is added by `bot.errors`.
"""


class IndexLibraryError(Exception):
    """Base of all errors of the package `index`."""


class SourceError(IndexLibraryError):
    """A path given to index cannot be used at all."""


class NoIndexError(IndexLibraryError):
    """Nothing was built in this data folder yet."""


class BrokenIndexError(IndexLibraryError):
    """A file of the index is damaged, missing, unreadable, or of another format or analyzer."""


class OutdatedIndexError(BrokenIndexError):
    """The index was built in another format or by another analyzer: building it anew helps."""


class NewerIndexError(BrokenIndexError):
    """The index was built by a later version of this program, which alone reads it."""


class UnreadableIndexError(BrokenIndexError):
    """The system does not let this user read a file of the index."""


class NoOlderIndexError(BrokenIndexError):
    """No healthy generation is left to go back to."""


class BuildRefusedError(IndexLibraryError):
    """The new generation would lose too much, or would hold nothing."""


class LossRefusedError(BuildRefusedError):
    """The new generation would lose more than half of the articles; `Options(force=True)` builds it all the same."""


class BuildBusyError(IndexLibraryError):
    """Another process is building in the same data folder."""


class StorageError(IndexLibraryError):
    """The disk is full, or a folder cannot be written."""


class WorkerError(IndexLibraryError):
    """A process that helps to build ended before its time."""


class FetchError(IndexLibraryError):
    """What lies at an address could not be fetched.

    `status` is that of HTTP, 0 where no answer came; `retry_after` what the server says about when to ask again, ""
    for nothing; `passing`: it may well go by without anybody doing anything.
    """

    def __init__(self, message: str, *, status: int = 0, retry_after: str = "", passing: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.passing = passing


class UnreachableError(FetchError):
    """No machine answered at an address: its name is not known to DNS, or nothing takes the connection."""


class RefusedAddressError(FetchError):
    """An address is none that may be fetched: private, of another kind, or not to be understood."""


class ClusterError(IndexLibraryError):
    """A cluster of OpenSearch cannot be reached, refused what it was asked, or did not do it in time."""


class FieldMapError(IndexLibraryError):
    """A map of field names is malformed."""


class ModelError(IndexLibraryError):
    """A model of meaning is missing, damaged, or not of a kind that can be used."""


class QuestionSetError(IndexLibraryError):
    """A question set for evaluation is malformed or incomplete."""
