"""Who of one process may write into SQLite next: whoever has waited longest.

SQLite has one writer at a time. Whoever finds it busy sleeps, looks again, and sleeps longer: under
load an unlucky ballot, or the log, waits for a second while others who came later are served, and
between two looks nobody writes. So the threads of a process queue up before they ask SQLite.
Other processes are met as ever, in SQLite itself.
"""

import threading
from collections import deque


class Turns:
    """A lock that is handed on in the order of asking, by any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for one's turn for at most `seconds`; whether it came."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            ticket = threading.Lock()
            ticket.acquire()
            self._waiting.append(ticket)
        if ticket.acquire(timeout=seconds):
            return True
        with self._guard:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                return False
        return True  # it came at the very end

    def give(self) -> None:
        """On to whoever waits."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
