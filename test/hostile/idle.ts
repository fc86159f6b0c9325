/** Does nothing until its standard input ends. With `loop-delay.ts` before it, it tells what the machine itself is late. */
process.stdin.resume();
