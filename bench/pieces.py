"""Job: the binary format of COPY with one bytea column, into a file's bytes and back, in constant memory.
Caller: pieces.sh: unpack <COPY >FILE; pack FILE >COPY."""
import struct
import sys

HEAD = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)


def unpack(copy, out):
    copy.read(len(HEAD))
    while struct.unpack(">h", copy.read(2))[0] == 1:
        out.write(copy.read(struct.unpack(">i", copy.read(4))[0]))


def pack(file, out):
    out.write(HEAD)
    while piece := file.read(4 << 20):
        out.write(struct.pack(">hi", 1, len(piece)) + piece)
    out.write(struct.pack(">h", -1))


if sys.argv[1] == "unpack":
    unpack(sys.stdin.buffer, sys.stdout.buffer)
else:
    with open(sys.argv[2], "rb") as source:
        pack(source, sys.stdout.buffer)
