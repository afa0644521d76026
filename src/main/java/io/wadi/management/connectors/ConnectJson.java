package io.wadi.management.connectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;

/** Creates response bodies in the format of Kafka Connect's REST API. */
final class ConnectJson {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONNECTOR = "connector";
    private static final String TASKS = "tasks";

    private ConnectJson() {}

    static ObjectNode error(int status, String message) {
        return JSON.createObjectNode().put("error_code", status).put("message", message);
    }

    static ObjectNode server(String version, String commit, String clusterId) {
        return JSON.createObjectNode()
                .put("version", version)
                .put("commit", commit)
                .put("kafka_cluster_id", clusterId);
    }

    static ObjectNode info(Connector connector, ConnectorStatus status) {
        ObjectNode info = JSON.createObjectNode().put("name", connector.name());
        info.set("config", config(connector));
        ArrayNode tasks = info.putArray(TASKS);
        status.tasks().forEach(task -> tasks.add(id(connector, task.id())));
        return info.put("type", type(connector));
    }

    private static ObjectNode id(Connector connector, int task) {
        return JSON.createObjectNode().put(CONNECTOR, connector.name()).put("task", task);
    }

    static ObjectNode config(Connector connector) {
        return JSON.valueToTree(connector.config());
    }

    static String type(Connector connector) {
        return type(connector.type());
    }

    private static String type(Connector.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    static ObjectNode plugin(String name, Connector.Type type, String version) {
        return JSON.createObjectNode()
                .put("class", name)
                .put("type", type(type))
                .put("version", version);
    }

    static ObjectNode status(Connector connector, ConnectorStatus status, String worker) {
        ObjectNode answer = JSON.createObjectNode().put("name", connector.name());
        answer.putObject(CONNECTOR).put("state", status.connector().name()).put("worker_id", worker);
        ArrayNode tasks = answer.putArray(TASKS);
        status.tasks().forEach(task -> tasks.add(task(task, worker)));
        return answer.put("type", type(connector));
    }

    static ObjectNode task(ConnectorStatus.TaskStatus task, String worker) {
        ObjectNode answer = JSON.createObjectNode()
                .put("id", task.id())
                .put("state", task.state().name())
                .put("worker_id", worker);
        task.trace().ifPresent(trace -> answer.put("trace", trace));
        return answer;
    }

    static ArrayNode tasks(Connector connector, ConnectorStatus status) {
        ArrayNode tasks = JSON.createArrayNode();
        for (ConnectorStatus.TaskStatus task : status.tasks()) {
            ObjectNode answer = tasks.addObject();
            answer.set("id", id(connector, task.id()));
            answer.set("config", config(connector));
        }
        return tasks;
    }

    static ObjectNode tasksConfig(Connector connector, ConnectorStatus status) {
        ObjectNode configs = JSON.createObjectNode();
        status.tasks().forEach(task -> configs.set(connector.name() + "-" + task.id(), config(connector)));
        return configs;
    }

    static ObjectNode topics(Connector connector) {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode topics = answer.putObject(connector.name()).putArray("topics");
        connector.topics().forEach(topics::add);
        return answer;
    }

    static ObjectNode group(GroupListing group) {
        return JSON.createObjectNode()
                .put("group", group.groupId())
                .put("type", group.type().orElse(GroupType.UNKNOWN).toString())
                .put("state", group.groupState().orElse(GroupState.UNKNOWN).toString());
    }

    static ObjectNode offsets(Map<TopicPartition, Long> committed) {
        ObjectNode answer = JSON.createObjectNode();
        ArrayNode offsets = answer.putArray("offsets");
        committed.forEach((partition, offset) -> {
            ObjectNode entry = offsets.addObject();
            entry.putObject("partition")
                    .put("kafka_topic", partition.topic())
                    .put("kafka_partition", partition.partition());
            entry.putObject("offset").put("kafka_offset", offset);
        });
        return answer;
    }
}
