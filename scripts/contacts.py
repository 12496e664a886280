"""Print a CSV of invented contacts, for the demonstration: `python scripts/contacts.py 2000 > contacts.csv`.

The same count always gives the same file. Addresses end in example.com and phone numbers begin with +1 555, an
area code that nobody was ever given, so that nothing sent to them by mistake could reach anybody.
"""

from __future__ import annotations

import csv
import random
import sys
from typing import TextIO

COLUMNS = ("external_id", "email", "phone", "first_name", "last_name", "timezone", "locale", "favourite")
FIRST_NAMES = ("Ada", "Bruno", "Carla", "Dario", "Elena", "Franco", "Giulia", "Hugo", "Irene", "Mario")
LAST_NAMES = ("Bianchi", "Conti", "Esposito", "Ferrari", "Greco", "Marino", "Ricci", "Romano", "Villa")
PLACES = (("America/New_York", "en-US"), ("Asia/Tokyo", "ja-JP"), ("Europe/Rome", "it-IT"))
FAVOURITES = ("robots", "puzzles", "coffee", "office")


def write_contacts(count: int, out: TextIO) -> None:
    """Write a header and `count` rows."""
    chance = random.Random(count)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number in range(1, count + 1):
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        zone, locale = chance.choice(PLACES)
        email = f"{first}.{last}.{number}@example.com".lower()
        phone = f"+1555{number % 10_000_000:07d}"
        favourite = chance.choice(FAVOURITES)
        writer.writerow((f"demo-{number}", email, phone, first, last, zone, locale, favourite))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("How many contacts? Say: python scripts/contacts.py 2000 > contacts.csv")
    write_contacts(int(sys.argv[1]), sys.stdout)
