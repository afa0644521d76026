package io.wadi.management.lag;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/** Reports in the form of Burrow's HTTP, version 3: names, nulls and what is left out are as there. */
final class BurrowJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private BurrowJson() {}

    /** What every answer begins with. */
    static ObjectNode answer(boolean error, String message) {
        return JSON.createObjectNode().put("error", error).put("message", message);
    }

    /** An answer with a list of names. */
    static ObjectNode names(String message, String field, Collection<String> names) {
        ObjectNode answer = answer(false, message);
        ArrayNode list = answer.putArray(field);
        names.stream().sorted().forEach(list::add);
        return answer;
    }

    /** The ends of a topic's partitions; 0 where one is not known, as of a partition that Burrow has not seen. */
    static ObjectNode topic(LagReport report, String topic) {
        ObjectNode answer = answer(false, "topic offsets returned");
        ArrayNode offsets = answer.putArray("offsets");
        for (int i = 0; i < report.topics().get(topic); i++) {
            offsets.add(report.ends().getOrDefault(new TopicPartition(topic, i), 0L));
        }
        return answer;
    }

    /** All commits that are remembered of a group. */
    static ObjectNode consumer(GroupLag group) {
        ObjectNode answer = answer(false, "consumer detail returned");
        ObjectNode topics = answer.putObject("topics");
        TreeMap<String, ArrayNode> lists = new TreeMap<>();
        for (PartitionLag each : group.partitions()) {
            ArrayNode list = lists.computeIfAbsent(each.partition().topic(), topics::putArray);
            // A partition's place in the list is its number.
            while (list.size() < each.partition().partition()) {
                list.add(consumerPartition(List.of(), "", "", 0));
            }
            list.add(consumerPartition(each.commits(), each.host(), each.clientId(), each.lag()));
        }
        return answer;
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
     * The verdict on a group.
     *
     * @param all whether partitions that are OK are listed as well
     */
    static ObjectNode status(String cluster, GroupLag group, boolean all) {
        ObjectNode answer = answer(false, "consumer status returned");
        ObjectNode status = answer.putObject("status");
        status.put("cluster", cluster)
                .put("group", group.group())
                .put("status", group.worst().ofGroup().name());
        putShare(status, group.complete());
        ArrayNode partitions = status.putArray("partitions");
        group.partitions().stream()
                .filter(each -> all || each.verdict() != LagStatus.OK)
                .forEach(each -> partitions.add(partition(each)));
        status.put("partition_count", group.partitions().size());
        status.set("maxlag", group.maxLag().map(BurrowJson::partition).orElse(null));
        status.put("totallag", group.totalLag());
        return answer;
    }

    /** There is no such group. */
    static ObjectNode notFound(String cluster, String group) {
        ObjectNode answer = answer(false, "consumer status returned");
        ObjectNode status = answer.putObject("status");
        status.put("cluster", cluster).put("group", group).put("status", LagStatus.NOTFOUND.name());
        status.put("complete", 1).putArray("partitions");
        status.put("partition_count", 0).putNull("maxlag");
        status.put("totallag", 0);
        return answer;
    }

    private static ObjectNode partition(PartitionLag lag) {
        ObjectNode json = JSON.createObjectNode();
        json.put("topic", lag.partition().topic());
        json.put("partition", lag.partition().partition());
        json.put("owner", lag.host());
        json.put("client_id", lag.clientId());
        json.put("status", lag.verdict().name());
        List<Commit> commits = lag.commits();
        json.set("start", commits.isEmpty() ? null : commit(commits.get(0)));
        json.set("end", commits.isEmpty() ? null : commit(commits.get(commits.size() - 1)));
        json.put("current_lag", lag.lag());
        putShare(json, lag.complete());
        return json;
    }

    /** Go writes 1, not 1.0. */
    private static void putShare(ObjectNode json, double share) {
        if (share == Math.rint(share)) {
            json.put("complete", (int) share);
        } else {
            json.put("complete", share);
        }
    }
}
