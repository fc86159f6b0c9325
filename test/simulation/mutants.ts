/** A mistake that somebody could make, in one place of the gateway's sources. */
export interface Mutant {
  name: string;
  file: string;
  /** Occurs once in the file. */
  find: string;
  replace: string;
  /** What it would do to a customer. */
  why: string;
  /** A rare one: a seed that catches it, from which `npm test` begins. Others follow, should the simulation have moved. */
  from?: number;
}

export const mutants: readonly Mutant[] = [
  {
    name: "answered before the commit",
    file: "src/gateway/sending/accept.ts",
    find: `  return gateway.admission.message(channelId, () => admitted(gateway, send, accepting));`,
    replace: `  const id = accepting.id ?? gateway.mint("msg");
  void gateway.admission.message(channelId, () => admitted(gateway, send, { ...accepting, id }));
  const message = { id, status: "accepted", address: send.request.to };
  return { message, channel: gateway.channels.get(channelId), adaptation: { fidelity: "native", steps: [] }, warnings: [] };`,
    why: "A kill after the 202 loses the message.",
  },
  {
    name: "intent dropped",
    file: "src/gateway/sending/send.ts",
    find: `    await store.beginCall(callId, moment, paces);`,
    replace: `    store.beginCall(callId, moment, paces).catch(() => {});`,
    why: "A call leaves before its intent is on disk, and a kill has it sent again.",
  },
  {
    name: "journal ignored at the start",
    file: "src/gateway/sending/interrupted.ts",
    find: `} = known[index] ?? {`,
    replace: `} = known[index + calls.length] ?? {`,
    why: "What the platform answered just before a kill is unknown.",
  },
  {
    name: "the journal is read for any try",
    from: 263,
    file: "src/gateway/sending/interrupted.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a file.
    find: "calls.map(({ call }) => answers.get(`${call.id} ${call.tries}`));",
    replace: `calls.map(({ call }) => journal.found.findLast(({ callId }) => callId === call.id));`,
    why: "The answer to an earlier try is taken for the answer to the one that was cut off.",
  },
  {
    name: "journal written after the commit",
    file: "src/gateway/sending/send.ts",
    find: `  keepAnswer(gateway, call, settlement);
  if (pause) rests(pause);
  await untilStored(() => gateway.store.settleCall(settlement), gateway, ending);`,
    replace: `  if (pause) rests(pause);
  await untilStored(() => gateway.store.settleCall(settlement), gateway, ending);
  keepAnswer(gateway, call, settlement);`,
    why: "A kill between an answer and its commit forgets the answer.",
  },
  {
    name: "pause not in the journal",
    from: 48,
    file: "src/gateway/sending/send.ts",
    find: `retryAt, paces, outcome };`,
    replace: `retryAt, outcome };`,
    why: "A kill between an answer and its commit ends the rest that the platform asked for.",
  },
  {
    name: "pace forgotten at the restart",
    file: "src/gateway/sending/pacing.ts",
    find: `    this.#pace.load(rows);`,
    replace: ``,
    why: "After each restart a platform's limit is exceeded.",
  },
  {
    name: "pause forgotten",
    file: "src/gateway/sending/pacing.ts",
    find: `    this.#pauses.set(pausedBy(pause, head.call), pause.untilMs);`,
    replace: ``,
    why: "A platform that asks for a rest gets none.",
  },
  {
    name: "a pause that begins when it is stored",
    from: 315,
    file: "src/gateway/sending/send.ts",
    find: `  if (pause) rests(pause);
  await untilStored(() => gateway.store.settleCall(settlement), gateway, ending);`,
    replace: `  await untilStored(() => gateway.store.settleCall(settlement), gateway, ending);
  if (pause) rests(pause);`,
    why: "While the disk is full, a platform that asks for a rest gets none.",
  },
  {
    name: "a former token's refusal in the journal pauses its successor",
    from: 1_340,
    file: "src/gateway/sending/interrupted.ts",
    find: `      await store.settleCall({ ...answer, ofTry: { number: attempt, begunSteady } });`,
    replace: `      await store.settleCall({ ...answer, ofTry: { number: attempt, begunSteady } });
      if (answer.outcome.kind === "retry" && answer.outcome.until && channel)
        await channels.update(channel.id, { paused: true, awaitsCredentials: true });`,
    why: "A channel that got a good token before a kill waits for one after it, for ever.",
  },
  {
    name: "pause forgotten at the restart",
    from: 42,
    file: "src/gateway/sending/pacing.ts",
    find: `    this.#pauses.load(rows);`,
    replace: ``,
    why: "A restart ends the rest that a platform asked for.",
  },
  {
    name: "a stop drops the journal",
    from: 128,
    file: "src/gateway/sending/journal.ts",
    find: `  close(): void {
    closeSync(`,
    replace: `  close(): void {
    this.#empty();
    closeSync(`,
    why: "What a platform answered, and a full disk refused, is forgotten when the gateway is stopped.",
  },
  {
    name: "a stop waits for nothing",
    file: "src/gateway/sending/lanes.ts",
    find: `    await Promise.all([...this.#channels.values()].map((lanes) => lanes.stop()));`,
    replace: `    void Promise.all([...this.#channels.values()].map((lanes) => lanes.stop()));`,
    why: "The answers of what is under way are lost with every stop.",
  },
  {
    name: "the key is not stored with its message",
    file: "src/store/sql/outbound.ts",
    find: `  if (keyed) yield* claimKey(db, keyed, dueAt);`,
    replace: `  void [keyed, claimKey];`,
    why: "Who asks again after a kill, by the same key, sends twice.",
  },
  {
    name: "begun although it was cancelled",
    from: 122,
    file: "src/store/sql/outbound.ts",
    find: `  if (state !== "queued")
    throw`,
    replace: `  if (state === "accepted")
    throw`,
    why: "A message that is taken back while it is about to leave is told as cancelled, and arrives.",
  },
  {
    name: "status set back by what comes later",
    file: "src/store/report.ts",
    find: `  return ranks[computed] > ranks[current] ? computed : current;`,
    replace: `  return computed;`,
    why: "A message that is sent again goes back to accepted.",
  },
  {
    name: "delivered downgraded by a failure elsewhere",
    file: "src/core/status.ts",
    find: `  if (all((call) => reached(call, ["delivered", "read", "played"]))) return "delivered";`,
    replace: `  const arrived = (call: CallProgress) => reached(call, ["delivered", "read", "played"]);
  if (all((call) => arrived(call) && !call.receipts.has("failed"))) return "delivered";`,
    why: "A status depends on the order of the reports.",
  },
  {
    name: "report before its answer thrown away",
    file: "src/store/sql/receipt.ts",
    find: `  if (!call) {
    yield* park(db, channelId, event, receipt);
    return;`,
    replace: `  if (!call) {
    void receipt;
    return;`,
    why: "What a platform tells before its answer is committed is lost.",
  },
  {
    name: "ambiguous call sent again unasked",
    file: "src/gateway/sending/ambiguity.ts",
    find: `message.onAmbiguous ?? channel.onAmbiguous ?? "hold"`,
    replace: `message.onAmbiguous ?? channel.onAmbiguous ?? "resend"`,
    why: "Contacts get messages twice.",
  },
  {
    name: "the hold does not wait for the platform's word",
    file: "src/gateway/sending/ambiguity.ts",
    find: `    holdMs > 0
`,
    replace: `    holdMs > 1e9
`,
    why: "What is to be resent is resent although its echo is on its way.",
  },
  {
    name: "newest first",
    file: "src/store/sql/outbound.ts",
    find: `  ORDER BY message_seq, position LIMIT 1
)\`;`,
    replace: `  ORDER BY message_seq DESC, position LIMIT 1
)\`;`,
    why: "A message overtakes the one before it.",
  },
  {
    name: "a head that waits is overtaken",
    file: "src/store/sql/outbound.ts",
    find: `  ORDER BY message_seq, position LIMIT 1
)\`;`,
    replace: `  ORDER BY tries > 0, message_seq, position LIMIT 1
)\`;`,
    why: "While a call waits for its second try, the next message goes first.",
  },
  {
    name: "a dead head blocks",
    file: "src/store/sql/settle.ts",
    find: `  else yield* refuse(db, call, isOutOfTime(call, outcome) ? "expired" : "rejected", outcome.problem);`,
    replace: `  else if (isOutOfTime(call, outcome)) yield* refuse(db, call, "expired", outcome.problem);`,
    why: "A refused message stops its conversation.",
  },
  {
    name: "a retry repeats an accepted call",
    file: "src/store/sql/settle.ts",
    find: `    yield* db.update("calls", call.id, {
      state: "queued",
      due_at: retryAt,`,
    replace: `    yield* db.run("UPDATE calls SET state = 'queued' WHERE message_id = ? AND position < ?", call.message_id, call.position);
    yield* db.update("calls", call.id, {
      state: "queued",
      due_at: retryAt,`,
    why: "The second part of a message that fails brings its first part twice.",
  },
  {
    name: "ttl ignored",
    file: "src/gateway/sending/channel-lanes.ts",
    find: `    if (message.expiresAt === undefined || clock.steady() < message.expiresAt) return false;`,
    replace: `    if (message.expiresAt === undefined || clock.steady() < message.expiresAt * 2) return false;`,
    why: "A code for a login arrives when nobody waits for it any more.",
  },
  {
    name: "cancelled after it left",
    file: "src/store/sql/intervention.ts",
    find: `  if (!calls.every(isWaiting) || calls.length === 0)`,
    replace: `  if (!calls.some(isWaiting) && calls.length > 9)`,
    why: "A message is told as taken back, and arrives.",
  },
  {
    name: "an inbound event told twice",
    file: "src/store/sql/digest.ts",
    find: `dedupe_key: db.keyed(dedupeKey), at });`,
    replace: `dedupe_key: db.keyed(` + "dedupeKey + at" + `), at });`,
    why: "A platform's second try of a webhook is a second message.",
  },
  {
    name: "a delivery that was answered made again",
    file: "src/gateway/delivering/attempt.ts",
    find: `  if (category === "ok") return { state: "delivered" };`,
    replace: `  if (category === "ok" && httpStatus !== 200) return { state: "delivered" };`,
    why: "An endpoint is told again what it has answered.",
  },
  {
    name: "due times by the wall clock",
    file: "src/gateway/sending/send.ts",
    find: `  const dueAt = gateway.clock.steady() + Math.ceil(waitMs);`,
    replace: `  const dueAt = gateway.clock.now() + Math.ceil(waitMs);`,
    why: "A clock that is set hurries, expires or holds up what waits.",
  },
  {
    name: "echo ignored",
    file: "src/store/sql/receipt.ts",
    find: `  if (named) return named.tries > 0 ? named : undefined;`,
    replace: `  if (named) return undefined;`,
    why: "What the platform tells of an unanswered call settles nothing.",
  },
  {
    name: "echo by content ignored",
    file: "src/store/sql/digest-echo.ts",
    find: `  if (!call) {
    yield* keepEcho`,
    replace: `  if (call || !call) {
    yield* keepEcho`,
    why: "What Instagram took stays unknown.",
  },
  {
    name: "echo by content before its call is forgotten",
    file: "src/store/sql/settle.ts",
    find: `mayBeEchoed ? yield* settleByEchoes(db, call.conversation_id) : new Map();`,
    replace: `new Map();
  void mayBeEchoed;`,
    why: "An echo that overtakes the end of its call is lost.",
  },
  {
    name: "echo of another call",
    file: "src/store/sql/receipt.ts",
    find: `calls.length === 1 ? calls[0] : calls.find(({ position }) => position === place);`,
    replace: `calls[0];`,
    why: "The word of a message's second part is taken for its first's.",
  },
];
