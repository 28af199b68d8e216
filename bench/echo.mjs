/**
 * `node bench/echo.mjs PORT`: answers every packet with nil, over TCP on PORT and over WebSocket on PORT + 1. What a
 * server in Node could do at most, on the rows that are about the wire: name it `echo=tcp://127.0.0.1:PORT`.
 */
import { createServer } from 'node:net';
import { WebSocketServer } from 'ws';

const port = Number(process.argv[2]);
const DATA = 18;
const NIL = 0xc0;

/** Gives the answers to the packets that are complete, in one piece, and what is left. */
function answer(data) {
  const answers = [];
  let at = 0;
  while (data.length - at >= 8) {
    const length = data.readUInt32LE(at);
    if (data.length - at < 8 + length) break;
    answers.push(1, 0, 0, 0, data[at + 4], data[at + 5], DATA, DATA ^ 255, NIL);
    at += 8 + length;
  }
  return { answers: Buffer.from(answers), rest: data.subarray(at) };
}

createServer({ noDelay: true }, socket => {
  let rest = Buffer.alloc(0);
  socket.on('data', chunk => {
    const done = answer(rest.length === 0 ? chunk : Buffer.concat([rest, chunk]));
    rest = done.rest;
    if (done.answers.length > 0) socket.write(done.answers);
  });
  socket.on('error', () => socket.destroy());
}).listen(port, '127.0.0.1');
new WebSocketServer({ host: '127.0.0.1', port: port + 1, perMessageDeflate: false })
  .on('connection', socket => socket.on('message', data => socket.send(answer(data).answers)));
console.log(`echo: tcp://127.0.0.1:${port} ws://127.0.0.1:${port + 1}`);
