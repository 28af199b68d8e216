"""A module in Python for tests, with the few bytes of MessagePack that it needs written by hand."""
import os
import struct
import sys
import time


def pack(v):
    if v is None: return b'\xc0'
    if v is True: return b'\xc3'
    if v is False: return b'\xc2'
    if isinstance(v, int): return b'\xd3' + struct.pack('>q', v)
    if isinstance(v, str):
        data = v.encode()
        return b'\xdb' + struct.pack('>I', len(data)) + data
    if isinstance(v, list): return b'\xdd' + struct.pack('>I', len(v)) + b''.join(map(pack, v))
    if isinstance(v, dict): return b'\xdf' + struct.pack('>I', len(v)) + b''.join(pack(k) + pack(x) for k, x in v.items())
    raise TypeError(type(v))


def unpack(data):
    at = 0

    def take(n):
        nonlocal at
        at += n
        return data[at - n:at]

    def number(form): return struct.unpack(form, take(struct.calcsize(form)))[0]

    def text(n): return take(n).decode()

    def items(n): return [value() for _ in range(n)]

    def pairs(n): return {value(): value() for _ in range(n)}

    def value():
        head = take(1)[0]
        if head < 0x80: return head
        if head < 0x90: return pairs(head & 15)
        if head < 0xa0: return items(head & 15)
        if head < 0xc0: return text(head & 31)
        if head >= 0xe0: return head - 256
        return {
            0xc0: lambda: None, 0xc2: lambda: False, 0xc3: lambda: True,
            0xcc: lambda: number('>B'), 0xcd: lambda: number('>H'), 0xce: lambda: number('>I'), 0xcf: lambda: number('>Q'),
            0xd0: lambda: number('>b'), 0xd1: lambda: number('>h'), 0xd2: lambda: number('>i'), 0xd3: lambda: number('>q'),
            0xd9: lambda: text(number('>B')), 0xda: lambda: text(number('>H')), 0xdb: lambda: text(number('>I')),
            0xdc: lambda: items(number('>H')), 0xdd: lambda: items(number('>I')), 0xde: lambda: pairs(number('>H')), 0xdf: lambda: pairs(number('>I')),
        }[head]()

    return value()


def send(pid, kind, body=b'', check=None):
    sys.stdout.buffer.write(struct.pack('<IHBB', len(body), pid, kind, kind ^ 255 if check is None else check) + body)
    sys.stdout.buffer.flush()


conf = 'none'
while True:
    header = sys.stdin.buffer.read(8)
    if len(header) < 8: sys.exit(0)
    length, pid, kind, _ = struct.unpack('<IHBB', header)
    body = sys.stdin.buffer.read(length)
    if kind == 64:
        conf = unpack(body)
        send(0, 66 if conf == 'bad' else 65)
        continue
    request = unpack(body)
    do = request.get('do', 'echo')
    if do == 'echo': send(pid, 81, pack(request))
    elif do == 'hex': send(pid, 81, pack(body.hex()))
    elif do == 'conf': send(pid, 81, pack(conf))
    elif do == 'pid': send(pid, 81, pack(os.getpid()))
    elif do == 'fail': send(pid, 82, pack(request['error']))
    elif do == 'raw': send(pid, request.get('kind', 81), bytes.fromhex(request['hex']))
    elif do == 'noise': send(pid, 81, pack(1), 0)
    elif do == 'exit': os._exit(1)
    elif do == 'hang': time.sleep(1000)
    elif do == 'say':
        sys.stderr.write(request['text'] + '\n')
        sys.stderr.flush()
        send(pid, 81, pack(None))
