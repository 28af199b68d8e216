/** `npm run docs`: serves dist/site on 127.0.0.1. */
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';

const PORT = 9280;

/** Gives the address and what ends it. Port 0 is any that is free. */
export async function serve(port) {
  const server = await preview({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    appType: 'mpa',
    build: { outDir: fileURLToPath(new URL('../dist/site', import.meta.url)) },
    preview: { host: '127.0.0.1', port, strictPort: port !== 0 },
  });
  const { port: listening } = server.httpServer.address();
  return { url: `http://127.0.0.1:${listening}/`, close: () => server.close() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve(Number(process.env.PORT ?? PORT));
  console.log(`the documentation is at ${url}`);
}
