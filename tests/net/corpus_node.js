// Node's own HTTP server with its defaults, as a reference for corpus.py: answers every request with its target, prints
// its port, and ends when its standard input does.
'use strict';

const http = require('http');

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end(request.url));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
