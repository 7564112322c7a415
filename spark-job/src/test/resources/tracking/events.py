"""Writes events.bin: TensorBoard's format by its definition, to test EventFile against.

TFRecord: length, its checksum, the message, its checksum. The checksum is CRC-32C, bit by bit,
rotated and offset by a constant. Event: 1 wall time, 2 step, 3 file version, 5 summary; Summary: 1
values; Value: 1 tag, 2 number.
"""

import struct
import sys


def crc(data):
    sum = 0xFFFFFFFF
    for byte in data:
        sum ^= byte
        for _ in range(8):
            sum = sum >> 1 ^ (0x82F63B78 if sum & 1 else 0)
    sum ^= 0xFFFFFFFF
    return ((sum >> 15 | sum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(message):
    length = struct.pack("<Q", len(message))
    return length + struct.pack("<I", crc(length)) + message + struct.pack("<I", crc(message))


def text(field, data):
    assert len(data) < 128
    return bytes([field << 3 | 2, len(data)]) + data


def value(tag, number):
    return text(1, text(1, tag.encode()) + b"\x15" + struct.pack("<f", number))


def time(seconds):
    return b"\x09" + struct.pack("<d", seconds)


assert crc(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF
step = b"\x10\xac\x02"  # 300 = 2 * 128 + 44
with open(sys.argv[1], "wb") as out:
    out.write(record(time(1500.25) + text(3, b"brain.Event:2")))
    out.write(record(time(1501.5) + step + text(5, value("epoch/auc", 0.75) + value("epoch/loss", 0.1))))
