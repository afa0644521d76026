package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The row that a record writes or deletes.
 *
 * @param origin the record
 * @param isDelete whether the row is deleted
 * @param values by column; only those of the key for a row to delete
 * @param key the key's values as texts
 */
record Row(ConsumerRecord<?, ?> origin, boolean isDelete, Map<String, JsonNode> values, List<String> key) {

    /**
     * Returns the row that has the effect of this row followed by another one with the same key; empty if one statement
     * cannot have this effect.
     */
    Optional<Row> mergedWith(Row next) {
        if (isDelete != next.isDelete) {
            return Optional.empty();
        }
        Map<String, JsonNode> both = new LinkedHashMap<>(values);
        both.putAll(next.values);
        return Optional.of(new Row(next.origin, isDelete, both, key));
    }
}
