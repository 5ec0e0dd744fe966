"""``python -m rerun.site_command``: build the pages of what is in ``reports/``, without running a notebook."""

import sys
import time

from analysis import danish, paths
from rerun.run import relative
from rerun.site import size, write_site


def main() -> int:
    """Build the site and say how large it is; 1 where there is nothing to build it from."""
    started = time.monotonic()
    front = write_site()
    count, files = size()
    if not any(paths.reports().glob("*/notesboeger")):
        print(
            "There is no report yet. Run `make report MUNICIPALITY=Roskilde` or `make reports`.",
            file=sys.stderr,
        )
        return 1
    print(
        f"{danish.number(count / 1e6).replace('.', ',')} MB in {files} files, in {time.monotonic() - started:.1f} s. "
        f"Open {relative(front, paths.project())}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
