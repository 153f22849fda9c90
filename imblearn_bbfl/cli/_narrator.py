"""What a command says while it runs: on standard error, and in a log file."""

import logging
import re
import threading
import time
import warnings

from imblearn_bbfl._privacy import make_hider
from imblearn_bbfl.cli._errors import leave_out_traceback, name_options, tell
from imblearn_bbfl.cli._source import make_shortener

HEARTBEAT = 10
"""Seconds after which a command that is silent says that it is alive."""


class Narrator(logging.Handler):
    """Says what is being done, and at least every ten seconds that it still is.

    In its block, it also says what the package logs, and warnings, each once and without the line
    of code that gives it. Images are told from the root of the data on, and the log, which may be
    sent to others, names no folder of this machine.

    Parameters
    ----------
    log : Path, default=None
        File that all lines are appended to, with date and time.
    root : Path, default=None
        Folder that paths of images start with.
    is_brief : bool, default=False
        Whether what single fits tell is left to the signs of life, where there are many of them.
    heartbeat : float, default=HEARTBEAT
        Seconds of silence at most.
    """

    def __init__(self, log=None, *, root=None, is_brief=False, heartbeat=HEARTBEAT):
        super().__init__(logging.DEBUG)
        self._file = None if log is None else open(log, "ab", buffering=0)  # noqa: SIM115
        self._shorten = make_shortener(root)
        self._hide = make_hider([] if log is None else [log.parent.absolute()])
        self._is_brief = is_brief
        self._heartbeat = heartbeat
        self._start = self._last = time.monotonic()
        self._doing, self._since = "Starting", self._start
        self._count = None
        self._warned_of = set()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def say(self, text):
        """Say what has happened, or is begun."""
        self._doing, self._since, self._count = text.rstrip("."), time.monotonic(), None
        self._write(text)

    def count(self, n_done, n_all):
        """Note how far it is, for the next sign of life."""
        self._count = f"{n_done:,} of {n_all:,}"

    def emit(self, record):
        """Say what the package logs: of fits, and of the runs of a comparison."""
        if self._is_brief and record.name != "imblearn_bbfl.runs":
            self._doing, self._since = record.getMessage(), time.monotonic()
        else:
            self.say(record.getMessage())

    def __enter__(self):
        logger = logging.getLogger("imblearn_bbfl")
        self._before = logger.level, logger.propagate, warnings.showwarning
        logger.addHandler(self)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        warnings.showwarning = self._show_warning
        self._thread.start()
        return self

    def __exit__(self, kind, error, trace):
        self._is_over.set()
        self._thread.join()
        logger = logging.getLogger("imblearn_bbfl")
        logger.removeHandler(self)
        level, logger.propagate, warnings.showwarning = self._before
        logger.setLevel(level)
        if self._file is not None:
            if error is not None:
                self._note(f"Ended by {kind.__name__}: {error}")
            self._file.close()

    def _beat(self):
        while not self._is_over.wait(min(1, self._heartbeat / 4)):
            now = time.monotonic()
            if now - self._last >= self._heartbeat * 0.9:
                done = f": {self._count}" if self._count else ""
                self._write(f"... {self._doing}{done}, {now - self._since:.0f} s")

    def _write(self, text):
        self._last = time.monotonic()
        minutes, seconds = divmod(int(self._last - self._start), 60)
        tell(f"[{minutes:3}:{seconds:02}] {self._shorten(text)}")
        self._note(text)

    def _note(self, text):
        if self._file is not None:
            hidden = self._hide(self._shorten(text))
            try:
                self._file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {hidden}\n".encode())
            except OSError as error:  # which is no reason to lose what is being computed
                path, self._file = self._file.name, None
                tell(f"Warning: {path} goes no further: {error.strerror}.")

    def _show_warning(self, message, category, filename, lineno, file=None, line=None):
        text = self._shorten(leave_out_traceback(name_options(str(message))))
        kind = re.sub(r"\d+", "", text)  # which fold after fold gives with other numbers
        if issubclass(category, UserWarning) and kind not in self._warned_of:
            self._warned_of.add(kind)
            tell(f"Warning: {text}")
            self._note(f"Warning: {text}")
