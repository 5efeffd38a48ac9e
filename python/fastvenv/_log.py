"""Shows debug records on stderr. Imported only for ``FASTVENV_LOG=debug``."""

import logging
import sys


class StderrHandler(logging.Handler):
    """Writes each record to the current ``sys.stderr``, as logging's last resort does."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record in one line.

        :param record: The record.
        """
        if sys.stderr is None:  # closed before Python started; print would write to stdout
            return
        try:
            print(self.format(record), file=sys.stderr)
        except Exception:
            self.handleError(record)


def show_debug() -> None:
    """Show the records of the logger ``fastvenv`` on stderr, from DEBUG up. A second call does nothing."""
    logger = logging.getLogger("fastvenv")
    if not any(isinstance(handler, StderrHandler) for handler in logger.handlers):
        handler = StderrHandler()
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
