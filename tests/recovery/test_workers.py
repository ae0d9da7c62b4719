"""FLT-01: single web processes are killed with -9 while people talk. The pages come back, what was not acknowledged is sent again, nothing is lost or doubled."""
import random

import psutil

from tests.recovery.caller import until
from tests.recovery.crowd import Crowd
from tests.recovery.test_stopping import all_is_delivered, nothing_was_lost_or_doubled

KILLS, SOCKETS = 3, 12
BACK = {"default": 40, "grown": 10 + 10}  # seconds: the list of cases says 10 where another process serves on; the rest is a busy machine, or a start of the program on one


def is_dead(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def ports_of(process: psutil.Process) -> set[int]:
    """The other ends of its connections."""
    return {connection.raddr.port for connection in process.net_connections("tcp") if connection.raddr}


def test_FLT_01_killed_web_workers_lose_and_double_nothing(server, size):
    crowd = Crowd(server, writers=4, sockets=SOCKETS)
    master, rng, killed = psutil.Process(server.processes["web"].pid), random.Random(5), 0
    for _time in range(KILLS):
        seen = len(crowd.waits)
        until(lambda seen=seen: crowd.open == SOCKETS and len(crowd.waits) > seen + 20, "the crowd is at work")
        victim = rng.choice([child for child in master.children() if not is_dead(child)])
        its = ports_of(victim)
        cut = {nth for port, nth in crowd.ports.copy().items() if port in its}
        victim.kill()
        killed += 1
        until(lambda victim=victim: is_dead(victim), "it is dead")
        until(lambda cut=cut: cut.isdisjoint(crowd.ports.copy().values()) and crowd.open == SOCKETS, "all pages have noticed and are back", BACK[size])
    until(lambda: (children := master.children()) and not any(map(is_dead, children)), "others took the place of the dead")
    crowd.stop()
    assert crowd.moved == 0 and crowd.opened > SOCKETS, "nobody was told to move: they were cut off"
    nothing_was_lost_or_doubled(server, crowd)
    all_is_delivered(server, 90)  # what a dead one had claimed is free again after its lease
    print(f"{size}: {killed} kills, {sum(map(len, crowd.acknowledged.values()))} messages acknowledged, tries that failed {crowd.failed}, sockets opened {crowd.opened}")
