"""An archive and a target made ready to be looked at: what every tool of fitting begins with."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.target import Target
from crmexport.target.folder import told
from crmexport.target.workshop import Workshop, workshop
from crmexport.watch import Watch, nobody


@contextmanager
def prepared(
    archive: Archive, target: Target, lang: str, watch: Watch = nobody, *, keep: bool = True
) -> Iterator[Workshop]:
    """A workshop over `archive` in which `target` can be made, in the language `lang` ("ru" or "en").

    `keep` every entity, for those who will look at all of them.
    """
    with workshop(archive, connector_of(archive), load_source_mapping(archive.source.name), lang) as shop:
        if keep:
            shop.keep_all(watch)
        shop.prepare([target], watch, keep=False)
        yield shop


def mapped(archive: Archive) -> MappedArchive:
    """The entities of `archive`, by the mapping of its source."""
    return MappedArchive(archive, connector_of(archive), load_source_mapping(archive.source.name))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """The block writes `path`, whose folder is made. Where it cannot, nothing of the file is left: it would be in the way of the next try.

    Raises OutputError with a sentence.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise


def written(path: Path, text: str) -> Path:
    """Write `text` to `path`, and give it back. Raises OutputError with a sentence."""
    with writing(path):
        path.write_text(text, encoding="utf-8", newline="\n", errors="backslashreplace")
    return path
