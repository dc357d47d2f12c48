"""From raw text parts to checked core tables: ledger of loads, one scan per table, quarantine, versions, reports."""
