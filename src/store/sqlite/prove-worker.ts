import { parentPort, workerData } from "node:worker_threads";
import { prove } from "./prove.ts";

// A file of its own, for it is another thread: reading a copy through takes seconds.
parentPort?.postMessage(prove(workerData as string));
