"""A program behind a pseudo-terminal, as a board is behind a serial line.

Usage: pty-board.py LINK COMMAND...

LINK becomes a link to the line. The command runs anew each time that the line is opened and is ended
when it is closed, as a board that is reset; what it says goes to the line, and what is typed to it.
SIGUSR1 takes the line away, as does the first time that the command says what $PTY_BOARD_UNTIL is.
"""

import os
import pty
import select
import signal
import subprocess
import sys
import time
import tty


class Board:
    """The command, from its start to its end."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.speaks = True

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def main() -> None:
    link, command = sys.argv[1], sys.argv[2:]
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.symlink(os.ttyname(slave), link)
    os.close(slave)
    board = None
    last = os.environ.get("PTY_BOARD_UNTIL", "").encode()
    heard = b""

    def take_away(*_: object) -> None:
        if board:
            board.end()
        os._exit(0)

    signal.signal(signal.SIGUSR1, take_away)
    while True:
        poll = select.poll()
        poll.register(master, select.POLLIN)
        if board and board.speaks:
            poll.register(board.process.stdout, select.POLLIN)
        events = dict(poll.poll(20))
        state = events.get(master, 0)
        if state & select.POLLHUP:
            if board:
                board.end()
                board = None
            time.sleep(0.005)
            continue
        if board is None:
            board = Board(command)
        if state & select.POLLIN:
            typed = os.read(master, 4096)
            try:
                board.process.stdin.write(typed)
                board.process.stdin.flush()
            except BrokenPipeError:
                pass
        if events.get(board.process.stdout.fileno()):
            said = os.read(board.process.stdout.fileno(), 4096)
            board.speaks = bool(said)
            heard = (heard + said)[-65536:]
            if last and last in heard:
                take_away()
            while said:
                said = said[os.write(master, said) :]


main()
