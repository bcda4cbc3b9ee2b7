"""The bytes of files: which are fetched, which on their way are those of a file that is another one by now, how far one has come."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from crmexport.archive.content import Content
from crmexport.archive.frontier import Frontier
from crmexport.source import FileRef, Request
from crmexport.transport.begun import reached

STRIDE = 1 << 20  # bytes: a file that comes by less between two waits is not worth a hundred requests


class Fetching:
    """Decides about files for one pass; one that `looks` reads the bytes that are held, too."""

    def __init__(
        self, content: Content, frontier: Frontier, on_their_way: Callable[[], set[str]], *, looks: bool
    ) -> None:
        self._content = content
        self._frontier = frontier
        self._on_their_way = on_their_way
        self._looks = looks
        self._whole: set[str] = set()
        self._outdated: set[str] = set()
        self._reached: dict[str, int] = {}

    def ask_anew(self, replaced: Sequence[Request]) -> None:
        """Bytes of these files that came in this pass, or are on their way, may be the old ones."""
        if replaced:
            self._frontier.ask_anew(replaced)
            self._outdated |= {one.key for one in replaced} & self._on_their_way()

    def was_replaced(self, request: Request) -> bool:
        """Whether a file was replaced while its bytes, which have come now, were on their way."""
        is_outdated = request.key in self._outdated
        self._outdated.discard(request.key)
        return is_outdated

    def wanted(self, files: Mapping[str, FileRef], held: Mapping[str, str]) -> Iterator[Request]:
        """The requests for those of `files` that are to be fetched, where these are `held` (id → sha256)."""
        fetched = self._fetched(files, held)
        return (file.request for id, file in files.items() if id not in fetched)

    def _fetched(self, files: Mapping[str, FileRef], held: Mapping[str, str]) -> set[str]:
        """Which of these files need not be fetched.

        A full pull looks at the bytes themselves, which a disk may have lost. Where nobody tells how big a file is, bytes that
        came short look like a whole file for ever: such a file it fetches anew.
        """
        if not (self._looks or any(file.request.owed for file in files.values())):
            return {id for id, digest in held.items() if self._content.is_there(digest)}
        held = {id: digest for id, digest in held.items() if files[id].size is not None}
        unsure = set(held.values()) - self._whole  # the account's inventory names most files once more
        self._whole |= {digest for digest in unsure if self._content.is_whole(digest)}
        return {id for id, digest in held.items() if digest in self._whole}

    def comes_nearer(self, request: Request) -> bool:
        """Whether so much more of a file has come since it failed before that it will be whole some day."""
        size = reached(self._content.incoming / request.key) if request.is_file else 0
        if size < self._reached.get(request.key, 0) + STRIDE:
            return False
        self._reached[request.key] = size
        return True
