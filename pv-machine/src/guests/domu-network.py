"""What network-on-xen.sh asks of a guest, from dom0: one line for each thing."""

import hashlib
import socket
import struct
import sys
import threading
import time

GUEST = "10.0.2.15"
FILE = b"".join(struct.pack("<I", i * 2654435761 & 0xFFFFFFFF) for i in range(131072))
SUM = hashlib.md5(FILE).hexdigest()


def say(what, good):
    print(f"{sys.argv[1]}: {what}: {'ok' if good else 'FAILED'}", flush=True)


def connect(port):
    return socket.create_connection((GUEST, port), timeout=60)


def fetch(results):
    with connect(80) as s:
        s.sendall(b"GET /file HTTP/1.1\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    results.append(hashlib.md5(answer.partition(b"\r\n\r\n")[2]).hexdigest() == SUM)


def webserver():
    results = []
    threads = [threading.Thread(target=fetch, args=(results,)) for _ in range(20)]
    start = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(f"20 clients fetch the file, {20 * len(FILE) / 1e6 / (time.time() - start):.1f} MB/s",
        results == [True] * 20)


def ledger():
    with connect(7000) as s:
        lines = s.makefile("rb")
        digest, total, good = 0xCBF29CE484222325, 0, True
        for number in range(1, 1001):
            request = b"ADD %d\n" % number
            for byte in request:
                digest = (digest ^ byte) * 0x100000001B3 & (1 << 64) - 1
            total += number
            s.sendall(request)
            good &= lines.readline() == b"%d total=%d hash=%016x\n" % (number, total, digest)
        s.sendall(b"QUIT\n")
        good &= lines.readline().startswith(b"1001 ") and lines.readline() == b""
    say("1000 additions one by one", good)


def arena():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        ticks = []
        for number in range(1, 61):
            s.sendto(struct.pack("<4sIhh", b"ARNA", number, 1, -1), (GUEST, 2050))
            ticks.append(struct.unpack("<4sII", s.recv(2048)[:12])[1])
    say("60 ticks without a gap", ticks == list(range(ticks[0], ticks[0] + 60)))


def diabolical():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        good = True
        for number in range(200):
            s.sendto(b"%d" % number, (GUEST, 7))
            good &= s.recv(64) == b"%d" % number
    say("200 echoes", good)


globals()[sys.argv[1]]()
