import { Agent, setGlobalDispatcher } from "undici";
import { backup } from "./backup.ts";
import { connect } from "./connect.ts";

// The gateway is on this machine: with NODE_USE_ENV_PROXY it would be asked for through a proxy.
setGlobalDispatcher(new Agent());

const commands: Record<string, (args: string[]) => Promise<string>> = { backup, connect };

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  process.stderr.write(
    `There is no command ${JSON.stringify(name)}; there is: ${Object.keys(commands).join(", ")}\n`,
  );
  process.exitCode = 1;
} else {
  await command(args).then(
    (said) => process.stdout.write(`${said}\n`),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}
