"""A loopback advisory service for tests: a directory of OSV records in, the OSV API and an npm registry's audit endpoints out.

``with serve(directory) as server:`` runs it; ``server.url`` is its base, ``server.requests`` what was asked, ``server.faults`` what goes
wrong.
From a shell: ``python -m tests.loopback DIRECTORY --port 8080``.

* OSV: ``POST /v1/query``, ``POST /v1/querybatch`` (paged where ``page_size`` is set), ``GET /v1/vulns/ID``, ``GET /npm/all.zip``.
* npm and pnpm: ``POST /-/npm/v1/security/advisories/bulk``, ``/-/npm/v1/security/audits``, ``/audits/quick``; ``GET /NAME``: a packument.
* ``pip-audit -s osv --osv-url {server.url}/v1/query``; ``npm audit --registry {server.url}``; ``pnpm audit --registry {server.url}``.
"""

from tests.loopback.faults import FAULTS, Fault
from tests.loopback.records import Records
from tests.loopback.server import Request, Server, serve

__all__ = ["FAULTS", "Fault", "Records", "Request", "Server", "serve"]
