"""The fixed work W: cohort and features of every index stay, side by side with what else one could use.

W, one row per index stay to Parquet: stays stitched, planned care, index stays, the 30-day label, admissions and
emergency visits in 30, 90, 180 and 365 days before admission, days since the last discharge, 365-day stay days, 17
Charlson flags of the stay and of finished stays of the year before, the last value of twelve laboratory tests in the
stay, distinct medications in the 90 days before admission. Every definition is the product's; ``work.sql`` names the
columns.
"""
