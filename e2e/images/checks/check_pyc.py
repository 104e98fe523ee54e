"""Says whether each .pyc of the image is what Python would use.

Python takes a .pyc that holds the size and time of its source, or the hash of
it, and else compiles the source again at each start that may not write.
"""

import importlib.util
import os
import struct
import sys


def fault(pyc, source):
    """Why Python would not use `pyc`; None if it would."""
    with open(pyc, "rb") as file:
        header = file.read(16)
    if header[:4] != importlib.util.MAGIC_NUMBER:
        return "of another Python"
    flags, first, second = struct.unpack("<III", header[4:])
    if flags == 0:
        status = os.stat(source)
        if first != int(status.st_mtime) & 0xFFFFFFFF:
            return "the source is of %d, the header says %d" % (status.st_mtime, first)
        if second != status.st_size & 0xFFFFFFFF:
            return "the source has %d bytes, the header says %d" % (status.st_size, second)
        return None
    with open(source, "rb") as file:
        if header[8:] != importlib.util.source_hash(file.read()):
            return "another hash"
    return None


def main():
    by_time = by_hash = bad = 0
    for root, _, names in os.walk("/"):
        if root.startswith(("/proc", "/sys", "/dev")):
            continue
        for name in names:
            pyc = os.path.join(root, name)
            if not name.endswith(".pyc") or os.path.basename(root) != "__pycache__":
                continue
            source = importlib.util.source_from_cache(pyc)
            why = fault(pyc, source) if os.path.exists(source) else "no source"
            if why:
                bad += 1
                print("%s: %s" % (pyc, why))
                continue
            with open(pyc, "rb") as file:
                if file.read(5)[4]:
                    by_hash += 1
                else:
                    by_time += 1
    print("%d by time, %d by hash, %d bad" % (by_time, by_hash, bad), file=sys.stderr)
    print("bad: %d; enough: %s" % (bad, by_time + by_hash > int(sys.argv[1])))


main()
