"""Everything that can go wrong in the library, as one tree.

    IndexLibraryError
    ├── SourceError          a path given to index cannot be used at all
    ├── NoIndexError         nothing was built here yet
    ├── BrokenIndexError     a file is damaged, missing, of another format or another analyzer
    ├── BuildRefusedError    the new generation would lose too much, or holds nothing
    ├── BuildBusyError       another process is building
    ├── StorageError         the disk is full, or a folder is not writable
    ├── WorkerError          a process that helps to build ended before its time
    └── QuestionSetError     a question set for evaluation is malformed or incomplete

A message says the place, the cause and the next step.
"""


class IndexLibraryError(Exception):
    """Base of all errors of the package `index`."""


class SourceError(IndexLibraryError):
    """A path given to index cannot be used at all."""


class NoIndexError(IndexLibraryError):
    """Nothing was built in this data folder yet."""


class BrokenIndexError(IndexLibraryError):
    """A file of the index is damaged, missing, or of another format or analyzer."""


class BuildRefusedError(IndexLibraryError):
    """The new generation would lose too much, or would hold nothing."""


class BuildBusyError(IndexLibraryError):
    """Another process is building in the same data folder."""


class StorageError(IndexLibraryError):
    """The disk is full, or a folder cannot be written."""


class WorkerError(IndexLibraryError):
    """A process that helps to build ended before its time."""


class QuestionSetError(IndexLibraryError):
    """A question set for evaluation is malformed or incomplete."""
