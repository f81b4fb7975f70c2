// The example app: answers every request on the port that the cluster gave it.
import { createServer } from 'node:http';

const { HOST = '127.0.0.1', PORT0, MESOS_TASK_ID } = process.env;
createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end(`Hello from ${MESOS_TASK_ID}, pid ${process.pid}\n`);
}).listen(Number(PORT0), HOST === 'localhost' ? '127.0.0.1' : HOST, () => console.log(`listening on ${HOST}:${PORT0}`));
