"""A client of the Gantry workflow engine, with types. Standard library only.

    from gantry_client import Client

    with Client() as gantry:
        run = gantry.start_run("etl/sales", params={"day": "2026-11-22"})
        print(gantry.wait(run["number"])["state"])
"""
from .client import Client
from .errors import (GantryError, NoServer, ProblemError, TimedOut, Unreachable, UntrustedServer)
from .events import Event
from .place import Place, find_place
from .transport import Answer, OpenAnswer, Retries

__all__ = ["Answer", "Client", "Event", "GantryError", "NoServer", "OpenAnswer", "Place",
           "ProblemError", "Retries", "TimedOut", "Unreachable", "UntrustedServer", "find_place"]
