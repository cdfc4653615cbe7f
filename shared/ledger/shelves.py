"""Where a ledger's files stand: a folder that any web server or memory stick can carry; PostgreSQL beside it."""

import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol

from shared.errors import NotFoundError


class Shelf(Protocol):
    """Named files. What was put is durable when the call returns, each file whole or not at all."""

    def read(self, path: str) -> bytes:
        """Return a file; a `NotFoundError` when there is none."""
        ...

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files, over those of the same name."""
        ...

    def append(self, path: str, content: bytes) -> None:
        """Put something behind a file, making it when it is not there."""
        ...

    def paths(self) -> list[str]:
        """Return the names of all files, in order."""
        ...

    def drop(self, folder: str) -> None:
        """Remove the files below a name; nothing happens when there are none."""
        ...

    def move_aside(self, name: str) -> None:
        """Put every file that does not lie aside already under `aside/NAME/`."""
        ...


ASIDE = "aside"


class FolderShelf:
    """Implements `Shelf` on a folder."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which is made when something is put there."""
        self._folder = folder

    def read(self, path: str) -> bytes:
        """Return a file."""
        try:
            return self._at(path).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
            raise NotFoundError(f"The ledger has no file {path}.") from error

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files beside their places, flush them, and only then move them there."""
        folders = set()
        for path, content in files.items():
            place = self._at(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            beside = place.with_name(f"{place.name}.{threading.get_ident()}.new")
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(place)
            folders.add(place.parent)
        for folder in folders:
            _flush(folder)

    def append(self, path: str, content: bytes) -> None:
        """Put something behind a file."""
        place = self._at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _flush(place.parent)

    def paths(self) -> list[str]:
        """Return the names of all files."""
        found = (file for file in self._folder.rglob("*") if file.is_file() and file.suffix != ".new")
        return sorted(file.relative_to(self._folder).as_posix() for file in found)

    def drop(self, folder: str) -> None:
        """Remove a folder with its files."""
        shutil.rmtree(self._at(folder), ignore_errors=True)

    def move_aside(self, name: str) -> None:
        """Put every file aside."""
        aside = self._folder / ASIDE / name
        aside.mkdir(parents=True)
        for entry in sorted(self._folder.iterdir()):
            if entry.name != ASIDE:
                entry.replace(aside / entry.name)
        _flush(aside)
        _flush(self._folder)

    def _at(self, path: str) -> Path:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts:
            raise NotFoundError(f"The ledger has no file {path}.")
        return self._folder / pure


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
