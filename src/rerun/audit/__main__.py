"""``python -m rerun.audit``: attack what is in ``reports/``."""

import sys

from rerun.audit import main

sys.exit(main())
