"""Take the pictures of the README from a finished home: ``python docs/images/take.py HOME``."""

import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, FloatRect, sync_playwright

from worklist.app import create_app

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"  # Debian's; Playwright fetches none
# Each cut ends with a row of the table.
LIST_CUT: FloatRect = {"x": 0, "y": 0, "width": 1320, "height": 794}
REPORT_CUT: FloatRect = {"x": 130, "y": 20, "width": 1060, "height": 873}


def take(browser: Browser, address: str, cut: FloatRect, target: Path) -> None:
    """Open a page and keep the cut of it."""
    page = browser.new_page(viewport={"width": 1320, "height": 1000})
    page.goto(address)
    page.screenshot(path=str(target), clip=cut)
    page.close()


def main(home: Path) -> None:
    """Serve the list on a free port, take both pictures, stop."""
    report = next((home / "audit").glob("*/report.html")).resolve()
    with socket.socket() as door, sync_playwright() as playwright:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(home), access_log=False, log_level="error"))
        threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True).start()
        while not server.started:
            time.sleep(0.05)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        take(browser, f"http://127.0.0.1:{door.getsockname()[1]}", LIST_CUT, HERE / "worklist.png")
        take(browser, report.as_uri(), REPORT_CUT, HERE / "report.png")
        browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main(Path(sys.argv[1]))
