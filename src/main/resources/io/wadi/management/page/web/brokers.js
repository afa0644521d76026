// The brokers of the cluster with their settings, and the partitions and settings of a topic.

import { count } from "./format.js";
import { byId, cell, draw, empty, make, number, row, setText } from "./draw.js";
import { request } from "./session.js";

const REFRESH_MS = 60_000;

/** Shown instead of settings that Wadi may not read. */
const UNREADABLE = [{ name: "cannot be read", value: "–", source: "–" }];

export async function drawBrokers() {
  const { body, problem } = await request("api/cluster");
  setText(byId("brokers-status"), problem ?? (body.counted < body.topics ? `Partitions of the first ${count(body.counted)} of ${count(body.topics)} topics are counted.` : ""));
  if (problem) {
    return;
  }
  setText(byId("brokers-count"), String(body.brokers.length));
  draw(
    byId("brokers-rows"),
    body.brokers.map((broker) => ({ key: `b ${broker.id}`, ...broker, isController: broker.id === body.controller })),
    (item) =>
      row(item, (broker) => [
        cell(`${broker.id}${broker.isController ? " (controller)" : ""}`),
        cell(broker.address),
        cell(broker.rack ?? "–"),
        number(count(broker.leaders)),
        number(count(broker.replicas)),
        number(count(broker.outOfSync)),
      ]),
  );
  drawSettings(body.brokers);
}

function drawSettings(brokers) {
  const settings = brokers.flatMap((broker) =>
    (broker.settings ?? UNREADABLE).map((each) => ({ key: `s ${broker.id} ${each.name}`, broker: broker.id, ...each })),
  );
  draw(byId("brokers-settings"), settings.length ? settings : [empty(4, "All settings have Kafka's defaults.")], (item) =>
    row(item, (setting) => [cell(String(setting.broker)), ...settingCells(setting)]),
  );
}

const settingCells = (setting) => [cell(make("code", {}, setting.name)), cell(setting.value ?? "hidden"), cell(setting.source.toLowerCase().replaceAll("_", " "))];

let requested = null;

/** Shows a topic's partitions and settings in the details of its records. */
export async function drawTopic(topic) {
  requested = topic;
  const { body, problem } = await request(`api/topics/${encodeURIComponent(topic)}`);
  if (topic !== requested) {
    return;
  }
  setText(byId("topic-status"), problem ?? "");
  const partitions = (body?.partitions ?? []).map((each) => ({ key: `p ${each.partition}`, ...each }));
  draw(byId("topic-partitions"), partitions, (item) =>
    row(item, (partition) => {
      const missing = partition.replicas.filter((id) => !partition.inSync.includes(id));
      return [
        number(String(partition.partition)),
        number(partition.leader === null ? "none" : String(partition.leader)),
        cell(partition.replicas.join(", ")),
        cell(partition.inSync.join(", ")),
        cell(missing.length ? missing.join(", ") : "–"),
      ];
    }),
  );
  const settings = (problem ? [] : (body?.settings ?? UNREADABLE)).map((each) => ({ key: `s ${each.name}`, ...each }));
  draw(byId("topic-settings"), settings.length ? settings : [empty(3, problem ? "" : "All settings have Kafka's defaults.")], (item) =>
    row(item, settingCells),
  );
}

setInterval(() => document.visibilityState === "visible" && drawBrokers(), REFRESH_MS);
