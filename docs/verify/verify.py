#!/usr/bin/env python3
"""Checks a Truceline record with nothing but this file and Python: no line of it is shared with the program that wrote the record.

    verify.py proof FILE.tlog-proof --entry FILE --log KEY [--witness KEY]... [--quorum N]
    verify.py opened FILE --log KEY [--witness KEY]... [--quorum N]
    verify.py tiles FOLDER --log KEY [--witness KEY]... [--quorum N] [--kept CHECKPOINT [--kept-log KEY]]

`proof` checks one entry against a signed checkpoint (C2SP tlog-proof). `opened` does so for an entry in one file with some of its fields, each held
against what the entry commits to (after RFC 9901). `tiles` reads a folder of static files (C2SP tlog-tiles), hashes every
entry, builds the tree anew, compares it with the signed root and with every tile of hashes, and, with a checkpoint that you kept, says whether the
history still begins as it did (`--kept-log`: the log's key then, where it was replaced). Keys are those of the log (type 1) and of witnesses (type 4), and must come from somewhere else than
the record. Exit code 0: it holds. 1: it does not; the words say what.
"""
import argparse, base64, hashlib, json, pathlib, sys

# Ed25519 (RFC 8032), verification only.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)

class Wrong(Exception): ...
def recover(y, sign):
    if y >= P: return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if not x2: return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P: x = x * I % P
    if (x * x - x2) % P: return None
    return P - x if x & 1 != sign else x

def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover(y, sign)
    return None if x is None else (x, y, 1, x * y % P)

def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    i, j, k, l = f - e, h - g, h + g, f + e
    return i * j % P, k * l % P, j * k % P, i * l % P

def times(n, a):
    out = (0, 1, 1, 0)
    while n:
        if n & 1: out = add(out, a)
        a, n = add(a, a), n >> 1
    return out

def signed(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= Q: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    y = 4 * pow(5, P - 2, P) % P
    x = recover(y, 0)
    left, right = times(s, (x, y, 1, x * y % P)), add(r, times(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)

# Merkle trees (RFC 6962, RFC 9162).
def leaf(data): return hashlib.sha256(b"\0" + data).digest()

def node(left, right): return hashlib.sha256(b"\1" + left + right).digest()

def root(hashes):
    if not hashes: return hashlib.sha256().digest()
    while len(hashes) > 1:
        pairs = [node(a, b) for a, b in zip(hashes[::2], hashes[1::2])]
        hashes = pairs + hashes[len(pairs) * 2:]
    return hashes[0]

def included(index, size, hash, path):
    if index >= size: raise Wrong(f"entry {index} lies beyond the {size} entries of the checkpoint")
    at, last = index, size - 1
    for other in path:
        if last == 0: raise Wrong("the proof is too long")
        if at & 1 or at == last:
            hash = node(other, hash)
            while not at & 1 and at: at, last = at >> 1, last >> 1
        else:
            hash = node(hash, other)
        at, last = at >> 1, last >> 1
    if last: raise Wrong("the proof is too short")
    return hash

# Signed notes, keys, checkpoints.
def key_of(text):
    name, id, key = text.strip().split("+", 2)
    key = base64.b64decode(key, validate=True)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != id or len(key) != 33 or key[0] not in (1, 4):
        raise Wrong(f"{text} is no key of a log or a witness")
    return name, bytes.fromhex(id), key[0], key[1:]

def opened(note, log, witnesses, quorum):
    """Size and root of a checkpoint whose signatures hold."""
    text, _, lines = note.rpartition(b"\n\n")
    text += b"\n"
    held = set()
    for line in lines.decode().splitlines():
        dash, name, data = line.split(" ")
        data = base64.b64decode(data, validate=True)
        for key in [log] + witnesses:
            if dash != "\u2014" or (name, data[:4]) != key[:2]: continue
            message, signature = text, data[4:]
            if key[2] == 4:
                message, signature = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + text, signature[8:]
            if not signed(key[3], message, signature): raise Wrong(f"the signature of {name} does not hold")
            held.add(key[3])
    if log[3] not in held: raise Wrong("the log has not signed it")
    found = len(held - {log[3]})
    if found < quorum: raise Wrong(f"{found} of {quorum} wanted witnesses cosigned")
    origin, size, hash = text.decode().splitlines()[:3]
    if origin != log[0]: raise Wrong(f"it is a checkpoint of {origin}")
    return int(size), base64.b64decode(hash, validate=True)

def proof(file, entry, keys):
    head, _, note = file.partition(b"\n\n")
    lines = head.decode().split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1": raise Wrong("it is no proof")
    if lines[0].startswith("extra "): lines.pop(0)
    index = int(lines.pop(0).removeprefix("index "))
    size, wanted = opened(note, *keys)
    if included(index, size, leaf(entry), [base64.b64decode(line, validate=True) for line in lines]) != wanted:
        raise Wrong("the entry is not in the tree that was signed")
    return f"entry {index} stands among the {size} entries that were signed"

def opened_entry(file, keys):
    view = json.loads(file)
    said = proof(view["proof"].encode(), view["entry"].encode(), keys)
    entry = json.loads(view["entry"])
    closed, objects = entry["body"].get("fields", {}), entry.get("objects", [])
    for text in view["disclosures"]:
        (_, name, value), digest = json.loads(text), hashlib.sha256(text.encode()).hexdigest()
        if closed.pop(name, None) != digest or digest not in objects:
            raise Wrong(f"the entry does not commit to this value of {name}")
        said += f"\n  {name}: {value}"
    if "raw" in view:
        raw = base64.b64decode(view["raw"], validate=True)
        if entry["body"].get("raw") != "salted" or objects[0] != hashlib.sha256(raw).hexdigest() or raw[:8] != b"TLsalt1\n":
            raise Wrong("the bytes are not those that the entry commits to")
        said += "\n  raw: " + raw[40:].decode(errors="replace")
    return f"{said}\n  closed: {', '.join(closed)}"

def name(level, index, width):
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/" + "/".join(parts) + (f".p/{width}" if width < 256 else "")

def tiles(folder, keys, kept, kept_log):
    size, wanted = opened((folder / "checkpoint").read_bytes(), *keys)
    hashes = []
    for start in range(0, size, 256):
        data = (folder / name("entries", start // 256, min(256, size - start))).read_bytes()
        while data:
            length = int.from_bytes(data[:2], "big")
            hashes.append(leaf(data[2:2 + length]))
            data = data[2 + length:]
        if len(hashes) != min(size, start + 256): raise Wrong(f"the entries from {start} on are not as many as were signed")
    if root(hashes) != wanted: raise Wrong("the entries are not those that were signed")
    level, below = 0, hashes
    while below:
        for start in range(0, len(below), 256):
            part = below[start:start + 256]
            if (folder / name(level, start // 256, len(part))).read_bytes() != b"".join(part):
                raise Wrong(f"{name(level, start // 256, len(part))} is not of these entries")
        below = [root(below[at:at + 256]) for at in range(0, len(below) // 256 * 256, 256)]
        level += 1
    if kept:
        old, before = opened(kept, kept_log, [], 0)
        if old > size or root(hashes[:old]) != before: raise Wrong(f"the history of {old} entries that you kept is not its beginning")
    return f"{size} entries are those that were signed"

def main():
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("what", choices=["proof", "opened", "tiles"])
    top.add_argument("at", type=pathlib.Path)
    top.add_argument("--log", required=True)
    top.add_argument("--kept-log")
    top.add_argument("--witness", action="append", default=[])
    top.add_argument("--quorum", type=int)
    for option in "--entry", "--kept":
        top.add_argument(option, type=pathlib.Path)
    asked = top.parse_args()
    try:
        witnesses = [key_of(text) for text in asked.witness]
        keys = key_of(asked.log), witnesses, len(witnesses) if asked.quorum is None else asked.quorum
        if asked.what == "proof":
            print(proof(asked.at.read_bytes(), asked.entry.read_bytes(), keys))
        elif asked.what == "opened":
            print(opened_entry(asked.at.read_bytes(), keys))
        else:
            print(tiles(asked.at, keys, asked.kept.read_bytes() if asked.kept else None, key_of(asked.kept_log or asked.log)))
    except (Wrong, ValueError, IndexError, KeyError, TypeError, AttributeError, OSError) as why:
        sys.exit(f"does not hold: {why}")

if __name__ == "__main__":
    main()
