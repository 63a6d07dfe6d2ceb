"""Make a taxonomy of the CDC's list of ICD-10-CM codes: python icd10cm.py icd10cm-order-2026.txt icd10cm.csv."""

import csv
import sys

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as lines:
    names = {line[6:13].strip(): line[77:].strip() for line in lines}  # columns 7 to 13 and from 78 on


def parent(code: str) -> str:
    """The longest code in the list that begins this one."""
    return next((code[:end] for end in range(len(code) - 1, 2, -1) if code[:end] in names), "")


def dotted(code: str) -> str:
    """A code as it is written: S52501A is S52.501A."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


with open(target, "w", newline="", encoding="utf-8") as file:
    table = csv.writer(file)
    table.writerow(["id", "name", "parent_ids"])
    table.writerows([dotted(code), name, dotted(parent(code))] for code, name in names.items())
