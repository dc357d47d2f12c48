"""`python -m pipelines.cli` is the `homeward` command."""

import sys

from pipelines.cli import main

sys.exit(main())
