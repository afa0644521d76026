package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a record wants of its row.
 *
 * @param origin the record
 * @param isDelete whether the row is to go
 * @param values by column; of a row that is to go its key's alone
 * @param key the key's values, as texts
 */
record Row(ConsumerRecord<?, ?> origin, boolean isDelete, Map<String, JsonNode> values, List<String> key) {

    /** What does the same as this and then the other of the same key, in one statement; empty where none does. */
    Optional<Row> then(Row next) {
        if (isDelete != next.isDelete) {
            return Optional.empty();
        }
        Map<String, JsonNode> both = new LinkedHashMap<>(values);
        both.putAll(next.values);
        return Optional.of(new Row(next.origin, isDelete, both, key));
    }
}
