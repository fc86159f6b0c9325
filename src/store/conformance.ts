import { describe, test } from "node:test";
import { ambiguityCases } from "./conformance/ambiguity-cases.ts";
import { appCases } from "./conformance/app-cases.ts";
import { backlogCases } from "./conformance/backlog-cases.ts";
import { blockedCases } from "./conformance/blocked-cases.ts";
import { channelChangeCases } from "./conformance/channel-change-cases.ts";
import { contactErasureCases } from "./conformance/contact-erasure-cases.ts";
import { conversationListCases } from "./conformance/conversation-list-cases.ts";
import { deliveryCases } from "./conformance/delivery-cases.ts";
import { durabilityCases } from "./conformance/durability-cases.ts";
import { echoCases } from "./conformance/echo-cases.ts";
import { editCases } from "./conformance/edit-cases.ts";
import { erasureCases } from "./conformance/erasure-cases.ts";
import { type Cases, channel, type Opened } from "./conformance/harness.ts";
import { healthCases } from "./conformance/health-cases.ts";
import { idempotencyCases } from "./conformance/idempotency-cases.ts";
import { inboundCases } from "./conformance/inbound-cases.ts";
import { interventionCases } from "./conformance/intervention-cases.ts";
import { keyCases } from "./conformance/key-cases.ts";
import { latticeCases } from "./conformance/lattice-cases.ts";
import { leaseCases } from "./conformance/lease-cases.ts";
import { limitedListCases } from "./conformance/limited-list-cases.ts";
import { messageListCases } from "./conformance/message-list-cases.ts";
import { outboundCases } from "./conformance/outbound-cases.ts";
import { paceCases } from "./conformance/pace-cases.ts";
import { queueCases } from "./conformance/queue-cases.ts";
import { receiptCases } from "./conformance/receipt-cases.ts";
import { replayCases } from "./conformance/replay-cases.ts";
import { retentionCases } from "./conformance/retention-cases.ts";
import { sealingCases } from "./conformance/sealing-cases.ts";
import { sessionCases } from "./conformance/session-cases.ts";
import { standbyCases } from "./conformance/standby-cases.ts";
import { suspectCases } from "./conformance/suspect-cases.ts";
import { tallyCases } from "./conformance/tally-cases.ts";
import { unreadErasureCases } from "./conformance/unread-erasure-cases.ts";
import { unsentCases } from "./conformance/unsent-cases.ts";
import { uploadCases } from "./conformance/upload-cases.ts";
import { watermarkCases } from "./conformance/watermark-cases.ts";
import { windowCases } from "./conformance/window-cases.ts";

/** All of them, of every engine. */
export const storeCases: Cases = {
  ...appCases,
  ...channelChangeCases,
  ...keyCases,
  ...sessionCases,
  ...leaseCases,
  ...unsentCases,
  ...limitedListCases,
  ...messageListCases,
  ...conversationListCases,
  ...outboundCases,
  ...uploadCases,
  ...suspectCases,
  ...healthCases,
  ...ambiguityCases,
  ...echoCases,
  ...interventionCases,
  ...blockedCases,
  ...idempotencyCases,
  ...paceCases,
  ...receiptCases,
  ...latticeCases,
  ...watermarkCases,
  ...inboundCases,
  ...editCases,
  ...windowCases,
  ...standbyCases,
  ...erasureCases,
  ...sealingCases,
  ...contactErasureCases,
  ...unreadErasureCases,
  ...retentionCases,
  ...deliveryCases,
  ...queueCases,
  ...replayCases,
  ...durabilityCases,
  ...backlogCases,
  ...tallyCases,
};

/** What every store must do, run against the one that `open` gives: empty each time, with `mint` and `windowMs` of the harness. */
export function storeConformance(name: string, open: () => Promise<Opened>): void {
  describe(`${name} store`, () => {
    for (const [title, run] of Object.entries(storeCases)) {
      test(title, async () => {
        const opened = await open();
        try {
          await opened.store.addChannel(channel());
          await run(opened);
        } finally {
          await opened.close();
        }
      });
    }
  });
}
