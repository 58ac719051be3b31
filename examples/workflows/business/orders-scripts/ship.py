"""Writes the shipping list of this run: what the warehouse has to pack, product by product."""

import csv
import io
import sys

from common import give, ledger_of, say, this_run, write_whole


def main():
    office = sys.argv[1]
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["product", "quantity", "customer", "order", "invoice"])
    packed = sorted((line["product"], line["quantity"], entry["customer"], entry["order"],
                     entry["invoice"])
                    for entry in ledger_of(office) if entry["run"] == this_run()
                    for line in entry["lines"])
    rows.writerows(packed)
    write_whole("shipping-list.csv", out.getvalue())
    pieces = sum(row[1] for row in packed)
    print(say(f"{len(packed)} lines, {pieces} pieces", f"{len(packed)} 行，{pieces} 件"))
    give(lines=len(packed), pieces=pieces)


main()
