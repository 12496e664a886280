"""Random splits with sticky arms: a contact's arm depends on the split's salt and the contact, on nothing else."""

import hashlib

from engine.flow.plan import Draw


def draw(split: Draw, contact: int) -> str:
    """The port for a contact: a 53-bit hash of (salt, contact) as a point on the line of the arms' weights."""
    raw = hashlib.blake2b(f"{split.salt}/{contact}".encode(), digest_size=8).digest()
    point = (int.from_bytes(raw) >> 11) / (1 << 53) * sum(arm.weight for arm in split.arms)
    for arm in split.arms:
        point -= arm.weight
        if point < 0:
            return arm.port
    return split.arms[-1].port
