"""Units of time (minutes and days since 1970, in the site's own zone) and the words for a stay's fate."""

import numpy as np

HOUR = 60
DAY = 24 * HOUR
DAYS_PER_YEAR = 365.25
NEVER = np.int64(2**60)
WINDOW_DAYS = 30

UNPLANNED, PLANNED, DIED, NOTHING = 0, 1, 2, 3
OUTCOMES = ("unplanned", "planned", "died", "none")
SINGLE, TRANSFER, FOLD, OVERLAP = 0, 1, 2, 3
