"""A command in; its exit code, seconds, processor seconds and peak bytes out. Small on purpose: a child's peak counts its parent's size."""

import os
import sys
import time

began = time.perf_counter()
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - began
with open(sys.argv[1], "w", encoding="ascii") as told:
    told.write(f"{os.waitstatus_to_exitcode(status)} {wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss * 1024}")
