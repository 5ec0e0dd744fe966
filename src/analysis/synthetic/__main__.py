"""``python -m analysis.synthetic``: the demonstration deliveries, where nothing real stands in their place."""

import sys

from analysis import files
from analysis.synthetic.deliveries import write_deliveries

if __name__ == "__main__":
    try:
        for line in write_deliveries(files.raw()):
            print(line)
    except (OSError, ValueError) as error:
        print(f"No demonstration data was written.\n{error}", file=sys.stderr)
        sys.exit(1)
