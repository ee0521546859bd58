"""The ballot box: eligibility, ballots, casting, the public log, receipts, evidence."""
