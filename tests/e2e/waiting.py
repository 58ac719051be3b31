"""Waiting for conditions, the only place where a test lets time pass."""
import time

POLL_SECONDS = 0.02


def wait_for(condition, what, seconds=30.0):
    """Polls until condition() is true and returns its value; AssertionError at the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds:g} s still not: {what}")
        time.sleep(POLL_SECONDS)


def pass_time(seconds):
    """The random moment of a fault: a part of the input, not a wait for a result."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(max(0.0, min(POLL_SECONDS, deadline - time.monotonic())))
