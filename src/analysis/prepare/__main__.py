"""``python -m analysis.prepare``: build ``data/processed``."""

import sys

from analysis.prepare import main

sys.exit(main())
