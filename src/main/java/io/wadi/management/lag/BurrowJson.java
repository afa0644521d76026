package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Formats lag reports as Burrow's HTTP API, version 3, does, including its nulls and omitted fields. */
final class BurrowJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private BurrowJson() {}

    /** Returns the fields with which every response begins. */
    static ObjectNode response(boolean error, String message) {
        return JSON.createObjectNode().put("error", error).put("message", message);
    }

    static ObjectNode names(String message, String field, Collection<String> names) {
        ObjectNode response = response(false, message);
        ArrayNode list = response.putArray(field);
        names.stream().sorted().forEach(list::add);
        return response;
    }

    /** Returns the end offsets of a topic's partitions; 0 if unknown, as in Burrow. */
    static ObjectNode topic(LagReport report, String topic) {
        ObjectNode response = response(false, "topic offsets returned");
        ArrayNode offsets = response.putArray("offsets");
        for (int i = 0; i < report.topics().get(topic); i++) {
            offsets.add(report.ends().getOrDefault(new TopicPartition(topic, i), 0L));
        }
        return response;
    }

    static ObjectNode consumer(GroupLag group) {
        ObjectNode response = response(false, "consumer detail returned");
        ObjectNode topics = response.putObject("topics");
        TreeMap<String, ArrayNode> lists = new TreeMap<>();
        for (PartitionLag each : group.partitions()) {
            ArrayNode list = lists.computeIfAbsent(each.partition().topic(), topics::putArray);
            // The index in the list must be the partition's number.
            while (list.size() < each.partition().partition()) {
                list.add(consumerPartition(List.of(), "", "", 0));
            }
            list.add(consumerPartition(each.commits(), each.host(), each.clientId(), each.lag()));
        }
        return response;
    }

    private static ObjectNode consumerPartition(List<Commit> commits, String host, String clientId, long lag) {
        ObjectNode json = JSON.createObjectNode();
        ArrayNode offsets = json.putArray("offsets");
        for (int i = commits.size(); i < CommitHistory.WINDOW && !commits.isEmpty(); i++) {
            offsets.addNull();
        }
        commits.forEach(each -> offsets.add(commit(each)));
        return json.put("owner", host).put("client_id", clientId).put("current-lag", lag);
    }

    private static ObjectNode commit(Commit commit) {
        ObjectNode json = JSON.createObjectNode();
        json.put("offset", commit.offset());
        json.put("timestamp", commit.timeMs());
        json.put("observedAt", commit.timeMs());
        return json.put("lag", commit.hasLag() ? (Long) commit.lag() : null);
    }

    /**
     * Returns the status of a group.
     *
     * @param all whether to list partitions with status OK, too
     */
    static ObjectNode status(String cluster, GroupLag group, boolean all) {
        ObjectNode response = response(false, "consumer status returned");
        ObjectNode status = response.putObject("status");
        status.put("cluster", cluster)
                .put("group", group.group())
                .put("status", group.worst().ofGroup().name());
        putShare(status, group.complete());
        ArrayNode partitions = status.putArray("partitions");
        group.partitions().stream()
                .filter(each -> all || each.status() != LagStatus.OK)
                .forEach(each -> partitions.add(partition(each)));
        status.put("partition_count", group.partitions().size());
        status.set("maxlag", group.maxLag().map(BurrowJson::partition).orElse(null));
        status.put("totallag", group.totalLag());
        return response;
    }

    /** Returns the status of an unknown group. */
    static ObjectNode notFound(String cluster, String group) {
        ObjectNode response = response(false, "consumer status returned");
        ObjectNode status = response.putObject("status");
        status.put("cluster", cluster).put("group", group).put("status", LagStatus.NOTFOUND.name());
        status.put("complete", 1).putArray("partitions");
        status.put("partition_count", 0).putNull("maxlag");
        status.put("totallag", 0);
        return response;
    }

    private static ObjectNode partition(PartitionLag lag) {
        ObjectNode json = JSON.createObjectNode();
        json.put("topic", lag.partition().topic());
        json.put("partition", lag.partition().partition());
        json.put("owner", lag.host());
        json.put("client_id", lag.clientId());
        json.put("status", lag.status().name());
        List<Commit> commits = lag.commits();
        json.set("start", commits.isEmpty() ? null : commit(commits.get(0)));
        json.set("end", commits.isEmpty() ? null : commit(commits.get(commits.size() - 1)));
        json.put("current_lag", lag.lag());
        putShare(json, lag.complete());
        return json;
    }

    /** Writes an integral share as 1 instead of 1.0, as Burrow does. */
    private static void putShare(ObjectNode json, double share) {
        if (share == Math.rint(share)) {
            json.put("complete", (int) share);
        } else {
            json.put("complete", share);
        }
    }
}
