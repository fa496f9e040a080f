"""Chromium without a window, driven over a pipe by its own protocol (Chrome DevTools Protocol)."""
import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile


class Browser:
    """One browser with one page, on a profile of its own that goes with it. Raises when the page has an error."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix='nightlatch-browser-')
        ask_read, ask_write = os.pipe()
        answer_read, answer_write = os.pipe()
        command = ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage',
                   '--no-first-run', '--disable-background-networking', '--disable-component-update',
                   '--remote-debugging-pipe', f'--user-data-dir={self.profile}', 'about:blank']

        def hand_over():
            """The browser reads on descriptor 3 and writes on 4; those here may have these very numbers."""
            high = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (ask_read, answer_write)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(command, preexec_fn=hand_over, pass_fds=[3, 4], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ask_read)
        os.close(answer_write)
        self.to = os.fdopen(ask_write, 'wb', buffering=0)
        self.back = os.fdopen(answer_read, 'rb', buffering=0)
        self.buffer = b''
        self.number = 0
        self.session = None
        self.events = []
        page = next(each for each in self.ask('Target.getTargets')['targetInfos'] if each['type'] == 'page')
        self.session = self.ask('Target.attachToTarget', targetId=page['targetId'], flatten=True)['sessionId']
        for domain in ('Page', 'Runtime', 'Log'):
            self.ask(domain + '.enable')

    def read(self):
        """The next message."""
        while b'\0' not in self.buffer:
            piece = self.back.read(65536)
            if not piece:
                raise AssertionError('the browser has ended')
            self.buffer += piece
        message, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(message)

    def ask(self, method, **params):
        self.number += 1
        request = {'id': self.number, 'method': method, 'params': params}
        if self.session is not None:
            request['sessionId'] = self.session
        self.to.write(json.dumps(request).encode() + b'\0')
        while True:
            message = self.read()
            if message.get('id') == self.number:
                assert 'error' not in message, (method, message['error'])
                return message['result']
            self.hear(message)

    def hear(self, message):
        """What the page says of itself; an exception in it is a failure here."""
        assert message.get('method') != 'Runtime.exceptionThrown', message['params']
        self.events.append(message)

    def open(self, address):
        """Goes there and waits until all of it is loaded."""
        self.events.clear()
        # from another page, so that an address which differs behind its # only is loaded as well
        for place in ('about:blank', address):
            self.ask('Page.navigate', url=place)
            while not any(event.get('method') == 'Page.loadEventFired' for event in self.events):
                self.hear(self.read())
            self.events.clear()

    def size(self, width, height):
        self.ask('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1, mobile=False)

    def run(self, script):
        """The value of an expression, awaited."""
        result = self.ask('Runtime.evaluate', expression=script, awaitPromise=True, returnByValue=True)
        assert 'exceptionDetails' not in result, result
        return result['result'].get('value')

    def wait(self, condition):
        """Until an expression holds: it is looked at whenever the page has changed."""
        self.run(f'''new Promise(resolve => {{
            const look = () => {{ if ({condition}) {{ watch.disconnect(); resolve(true); }} }};
            const watch = new MutationObserver(look);
            watch.observe(document, {{subtree: true, childList: true, attributes: true, characterData: true}});
            look();
        }})''')

    def type(self, selector, text):
        """Into the field that the selector leads to, as by keyboard, over what was in it."""
        self.run(f'(() => {{ const field = document.querySelector({json.dumps(selector)}); field.focus(); field.select(); }})()')
        self.ask('Input.insertText', text=text)

    def press(self, selector):
        self.run(f'document.querySelector({json.dumps(selector)}).click()')

    def picture(self, path):
        data = self.ask('Page.captureScreenshot', format='png', captureBeyondViewport=True)['data']
        with open(path, 'wb') as file:
            file.write(base64.b64decode(data))

    def close(self):
        """It is asked to: of one that is killed, parts go on for a moment and write to the profile that is removed."""
        try:
            self.to.write(b'{"id": 0, "method": "Browser.close"}\0')
            while self.back.read(65536):
                pass
        except OSError:
            pass  # it has ended already
        self.process.wait()
        self.to.close()
        self.back.close()
        shutil.rmtree(self.profile)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.close()
