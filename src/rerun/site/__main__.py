"""``python -m rerun.site``: build the pages of what is in ``reports/``, without running a notebook."""

import sys
import time

from analysis import files as paths
from rerun import state
from rerun.site import size, write_site


def main() -> int:
    """Build the site and say how large it is; 1 where there is nothing to build it from."""
    started = time.monotonic()
    if not any(paths.reports().glob("*/notesboeger")):
        print(
            "There is no report yet. Run `make report MUNICIPALITY=Roskilde` or `make reports`.",
            file=sys.stderr,
        )
        return 1
    try:
        with state.alone(paths.reports()):
            front = write_site()
    except (KeyError, ValueError, OSError) as error:
        print(error.args[-1] if isinstance(error, KeyError) else error, file=sys.stderr)
        return 2
    count, files = size()
    took = time.monotonic() - started
    print(f"{count / 1e6:.0f} MB in {files} files, in {took:.1f} s. Open {front.parent.name}/{front.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
