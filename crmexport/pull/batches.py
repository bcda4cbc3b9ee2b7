"""How many calls to put into a batch: as many as the source takes, found out anew as time goes on."""

PATIENCE = 4


class Batches:
    """At most `most` calls. A batch that is refused is halved, down to single calls: one call in it may spoil it, the source may be in
    trouble for a while, or it takes none of this size.

    Only in the last case is it to stay so. (With single calls all the night, a pull would take as many times longer as there
    were calls in a batch.) So after some batches in a row that were taken, twice as many calls are tried; where that is refused
    at once, the next try has to wait for twice as many.
    """

    def __init__(self, most: int) -> None:
        self.size = most
        self._most = most
        self._patience = PATIENCE
        self._taken = 0
        self._is_try = False

    def refused(self, calls: int) -> None:
        """A batch of so many calls was not answered as a whole."""
        if self._is_try and calls >= self.size:
            self._patience *= 2
        self.size = min(self.size, calls // 2)
        self._taken, self._is_try = 0, False

    def taken(self, calls: int) -> None:
        """So many calls were answered together; or one by itself, which is all that is asked for at last."""
        if calls < self.size or self.size == self._most:
            return
        self._is_try = False
        self._taken += 1
        if self._taken >= self._patience:
            self.size = min(max(1, self.size) * 2, self._most)
            self._taken, self._is_try = 0, True
