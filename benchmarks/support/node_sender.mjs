// Node's web-push with an agent that keeps its connections, in the race of senders.py: same plan, same lines.
// node node_sender.mjs FOLDER PLAN, where FOLDER is one that web-push has been installed into.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { createInterface } from "node:readline";

const AT_ONCE = 64;
const [folder, path] = process.argv.slice(2);
const webpush = createRequire(`${folder}/`)("web-push");
const plan = JSON.parse(readFileSync(path, "utf8"));
const options = {
  vapidDetails: { subject: plan.subject, publicKey: plan.public, privateKey: plan.private },
  TTL: 3600,
  urgency: "normal",
  topic: "a".repeat(32),
  agent: new Agent({ keepAlive: true, maxSockets: AT_ONCE }),
};

async function send(count) {
  let next = 0;
  async function work() {
    while (next < count) {
      const subscription = plan.subscriptions[next++ % plan.subscriptions.length];
      await webpush.sendNotification(subscription, plan.body, options);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

for await (const line of createInterface({ input: process.stdin })) {
  const began = process.hrtime.bigint();
  const used = process.cpuUsage();
  await send(Number(line));
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify([Number(process.hrtime.bigint() - began) / 1e9, (user + system) / 1e6]));
}
