#!/usr/bin/python3
"""Reads and writes safetensors files from the format's description alone, without its package.

    /usr/bin/python3 tests/golden/safetensors.py --write tests/golden/from_python.safetensors
    /usr/bin/python3 tests/golden/safetensors.py --read FILE

Writing needs torch: the file holds what torch.manual_seed(7) puts into Linear(2, 3), ReLU,
Linear(3, 1), in another order than handflow would write it. Reading prints every array, and stops
where the file breaks a rule of the format.
"""
import json
import struct
import sys
import zlib

FORMATS = {"F32": "f", "F64": "d", "I64": "q"}


def write(path):
    import torch
    torch.manual_seed(7)
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in reversed(net.state_dict().items()):
        values = tensor.flatten().tolist()
        part = struct.pack(f"<{len(values)}f", *values)
        header[name] = {"dtype": "F32", "shape": list(tensor.shape),
                        "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(dict(sorted(header.items()))).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        whole = file.read()
    (length,) = struct.unpack("<Q", whole[:8])
    text, data = whole[8:8 + length], whole[8 + length:]
    assert length % 8 == 0 and text.startswith(b"{") and text.rstrip(b" ").endswith(b"}"), text
    header = json.loads(text)
    metadata = header.pop("__metadata__")
    assert metadata.pop("handflow.crc32") == f"{zlib.crc32(data):08x}", "checksum"
    print(sorted(metadata.items()))
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, before = entry["data_offsets"][0], end
        end = entry["data_offsets"][1]
        letter = FORMATS[entry["dtype"]]
        assert begin == before and begin % struct.calcsize(letter) == 0, f"{name} starts at {begin}"
        values = struct.unpack(f"<{(end - begin) // struct.calcsize(letter)}{letter}", data[begin:end])
        print(name, entry["dtype"], entry["shape"], *values)
    assert end == len(data), f"{len(data) - end} bytes more"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("--write", "--read"):
        sys.exit(__doc__)
    (write if sys.argv[1] == "--write" else read)(sys.argv[2])
