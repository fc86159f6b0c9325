/** The number, page and bot that the arms send as. Nobody's: nothing of it leaves the machine. */
export const account = {
  phoneNumberId: "106540352242922",
  wabaId: "102290129340398",
  pageId: "108835055140212",
  instagramId: "17841405822304914",
  accessToken: "EAAbenchbenchbenchbenchbenchbench",
  appId: "670843887433847",
  appSecret: "d41d8cd98f00b204e9800998ecf8427e",
  botToken: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  webhookSecret: "webhook-secret-of-the-benchmark",
  version: "v25.0",
};
