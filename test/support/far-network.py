"""A network that is far away, for a network namespace of its own: far-network.py ROUND_TRIP_MS

10.77.0.1 is here. What is sent to 10.77.0.N (N from 10) comes back to 10.77.0.1 as if from 10.77.1.N, and answers go the
same way back, each half a round trip later. From 10.77.0.200 on nobody answers. Prints a line when it is ready.
"""
import fcntl, heapq, os, select, struct, subprocess, sys, time

half = float(sys.argv[1]) / 2000
tun = os.open('/dev/net/tun', os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack('16sH', b'far0', 0x0001 | 0x1000))  # TUNSETIFF: IFF_TUN | IFF_NO_PI
for command in ('ip addr add 10.77.0.1/23 dev far0', 'ip link set far0 up'):
    subprocess.run(command.split(), check=True)
print('ready', flush=True)


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def turned(packet):
    """The packet as the other side gets it; None: it is lost."""
    if packet[0] >> 4 != 4 or packet[9] != 6:
        return None
    size = (packet[0] & 15) * 4
    net, number = packet[18], packet[19]
    if packet[16:18] != bytes((10, 77)) or number < 10 or number >= 200:
        return None
    source = bytes((10, 77, 1 if net == 0 else 0, number))
    target = bytes((10, 77, 0, 1))
    head = bytearray(packet[:size])
    head[10:12] = b'\0\0'
    head[12:16], head[16:20] = source, target
    head[10:12] = struct.pack('!H', checksum(bytes(head)))
    body = bytearray(packet[size:])
    body[16:18] = b'\0\0'
    pseudo = source + target + struct.pack('!BBH', 0, 6, len(body))
    body[16:18] = struct.pack('!H', checksum(pseudo + bytes(body)))
    return bytes(head + body)


waiting = []
count = 0
while True:
    rest = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    if select.select([tun], [], [], rest)[0]:
        packet = turned(os.read(tun, 65536))
        if packet is not None:
            count += 1
            heapq.heappush(waiting, (time.monotonic() + half, count, packet))
    while waiting and waiting[0][0] <= time.monotonic():
        os.write(tun, heapq.heappop(waiting)[2])
