"""Chromium through the DevTools protocol, over a pipe: no port, no other program."""

import base64
import json
import os
import select
import subprocess
import tempfile
import time

KEYS = {
    "Enter": 13, "Tab": 9, "Escape": 27, "Backspace": 8, "ArrowLeft": 37, "ArrowUp": 38,
    "ArrowRight": 39, "ArrowDown": 40, "Home": 36, "End": 35, "PageDown": 34, "PageUp": 33,
}  # fmt: skip


class Chromium:
    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory()
        to_read, self.to = os.pipe()
        self.of, of_write = os.pipe()

        def pipes():
            # Both may be 3 or 4 already.
            reader, writer = os.dup(to_read), os.dup(of_write)
            high = [os.dup2(reader, 60), os.dup2(writer, 61)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"]
        flags += [f"--user-data-dir={self.profile.name}", "--no-first-run", "--disable-background-networking"]
        flags += ["--allow-pre-commit-input", "--window-size=1440,900", "about:blank"]
        self.log = open(os.path.join(self.profile.name, "log"), "wb")
        self.process = subprocess.Popen([program, *flags], preexec_fn=pipes, close_fds=False, stderr=self.log)
        os.close(to_read)
        os.close(of_write)
        self.number = 0
        self.rest = b""
        self.events = []
        self.session = None
        targets = self.call("Target.getTargets")["targetInfos"]
        target = next(target for target in targets if target["type"] == "page")
        self.session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log", "Accessibility"]:
            self.call(domain + ".enable")

    def close(self):
        self.session = None
        self.send("Browser.close")
        self.process.wait(timeout=30)
        self.log.close()
        self.profile.cleanup()

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        return self.number

    def read(self):
        while b"\0" not in self.rest:
            if not select.select([self.of], [], [], 120)[0]:
                raise TimeoutError("Chromium did not answer in 120 seconds")
            self.rest += os.read(self.of, 1 << 20)
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def call(self, method, **parameters):
        number = self.send(method, **parameters)
        while True:
            message = self.read()
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def happened(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def open(self, path):
        self.events.clear()
        started = time.monotonic()
        self.call("Page.navigate", url="file://" + os.path.abspath(path))
        while not self.happened("Page.loadEventFired"):
            self.events.append(self.read())
        return time.monotonic() - started

    def media(self, **features):
        self.call("Emulation.setEmulatedMedia", features=[{"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def key(self, key, shift=False):
        code = KEYS.get(key, ord(key.upper()) if len(key) == 1 else 0)
        text = {"Enter": "\r", "Tab": ""}.get(key, key if len(key) == 1 else "")
        parameters = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def screenshot(self, path):
        image = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as out:
            out.write(base64.b64decode(image))
