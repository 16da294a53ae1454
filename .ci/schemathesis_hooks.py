"""What the fuzzer of APIs is told of this server: who shows unknown tokens too often is told to wait (429), and is shown nothing."""

from schemathesis.specs.openapi import checks

checks.AUTH_REJECTION_STATUSES = frozenset({*checks.AUTH_REJECTION_STATUSES, 429})
