package io.wadi.ingest.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The location of a record that a response reports.
 *
 * @param index the index of its event in the body; -1 if the response does not name it
 */
record RecordLocation(int index, String topic, int partition, long offset) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Returns all locations in a response: of receipts, ranges, offsets of the REST convention, or the classic event.
     *
     * @param topic the topic of locations that do not name one
     */
    static List<RecordLocation> of(Answer answer, String topic) throws IOException {
        List<RecordLocation> all = new ArrayList<>();
        if (answer.body().length == 0
                || !answer.headers().getOrDefault("content-type", "").contains("json")) {
            return all;
        }
        JsonNode body = JSON.readTree(answer.body());
        int index = 0;
        for (JsonNode each : body.path("receipts")) {
            add(all, index++, topic, each);
        }
        for (JsonNode each : body.path("offsets")) {
            for (JsonNode range : each.path("ranges")) {
                for (long offset = range.get(0).asLong(); offset <= range.get(1).asLong(); offset++) {
                    all.add(new RecordLocation(
                            -1,
                            each.path("topic").asText(),
                            each.path("partition").asInt(),
                            offset));
                }
            }
            add(all, index++, topic, each);
        }
        add(all, 0, topic, body);
        return all;
    }

    private static void add(List<RecordLocation> all, int index, String topic, JsonNode entry) {
        if (entry.path("offset").isIntegralNumber() && entry.path("partition").isIntegralNumber()) {
            String named = entry.path("topic").asText(topic);
            all.add(new RecordLocation(
                    index,
                    named,
                    entry.path("partition").asInt(),
                    entry.path("offset").asLong()));
        }
    }
}
