"""The review page as a person has it: the server as it is started by hand, and a real browser."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import TOP

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="no chromium with chromedriver on PATH to drive the page with"
    ),
]
WAIT_S = 60


@contextmanager
def served(top: Path, log: Path, command: str = "review"):
    """The page of a project; gives its address."""
    code = top if (top / "src").is_dir() else TOP
    environment = os.environ | {"PYTHONPATH": str(code / "src")}
    said = [sys.executable, "-c", "from dramatis.cli.main import main; main()", command, "--no-open"]
    with log.open("w") as heard:
        server = subprocess.Popen(said, cwd=top, env=environment, stdout=subprocess.PIPE, stderr=heard, text=True)
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), log.read_text()
        yield address
    finally:
        server.terminate()
        try:
            assert server.wait(60) == 143, log.read_text()
        finally:
            server.kill()


@contextmanager
def browsing():
    """A browser without a window."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,800"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield browser
    finally:
        browser.quit()


class Page:
    """What a person sees and does."""

    def __init__(self, browser, top: Path, address: str):
        self.browser, self.top, self.address = browser, top, address
        self.browser.get(address)

    def js(self, code, *values):
        return self.browser.execute_script(code, *values)

    def until(self, true, limit_s=WAIT_S):
        """Waits for something to be so, and gives it."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if value := true():
                return value
            time.sleep(0.2)
        raise AssertionError(f"not so after {limit_s} s; the page says: {self.js('return document.body.innerText')}")

    def listen(self):
        """Keeps what notifications say from now on, for `heard`: they go by themselves."""
        self.js(
            "window.told = []; new MutationObserver(() => document.querySelectorAll('.q-notification')"
            ".forEach(n => window.told.push(n.innerText))).observe(document.body, {childList: true, subtree: true})"
        )

    def heard(self, words):
        """True if a notification has said so since `listen`."""
        return self.js("return window.told.some(told => told.includes(arguments[0]))", words)

    def keys(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()
