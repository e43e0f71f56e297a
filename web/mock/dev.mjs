// dev.mjs - `npm run dev`: the mock server and Vite together; with REVOS_URL set, Vite alone against that server.
import { createServer } from "vite";
import { startMock } from "./server.mjs";

if (!process.env.REVOS_URL) process.env.REVOS_URL = (await startMock({ port: 7878 })).url;
const vite = await createServer();
await vite.listen();
vite.printUrls();
