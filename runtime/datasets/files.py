"""Where the data sets lie that Keras publishes, and how one is fetched."""

from dataclasses import dataclass

from runtime.utils.downloads import get_file

KERAS_FILES = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


@dataclass(frozen=True)
class DataFile:
    """A published file.

    Args:
        origin: Its address.
        checksum: Its sha256 or md5.
        folder: Folder of the cache it is kept in.
        name: Its name there; by default that of the address.
    """

    origin: str
    checksum: str
    folder: str = "datasets"
    name: str | None = None

    def fetched(self, name: str | None = None) -> str:
        """Path of the file on this machine.

        Args:
            name: Its name there, if a program wants another one.

        Raises:
            DownloadError: It is not there yet and cannot be fetched.
        """
        return get_file(
            name or self.name, origin=self.origin, file_hash=self.checksum, cache_subdir=self.folder
        )
