"""Exit with 0 where the server of this container answers questions, else with 1 and why.

    python healthy.py [/ready | /health]

``/ready`` (the default) wants a catalogue and an engine, ``/health`` an answer.
"""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask the server on this machine."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/ready"
    port = int(os.environ.get("PORT") or os.environ.get("SEGUE_PORT") or 8765)
    asked = HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        asked.request("GET", path)
        status = asked.getresponse().status
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"port {port} does not answer: {error}\n")
        return 1
    finally:
        asked.close()
    if status != 200:
        sys.stderr.write(f"{path} on port {port} answers {status}\n")
    return int(status != 200)


if __name__ == "__main__":
    sys.exit(main())
