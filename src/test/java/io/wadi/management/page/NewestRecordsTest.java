package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.RecordText;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewestRecordsTest {
    private static final Comparator<ObjectNode> OLDEST_FIRST =
            Comparator.comparingLong(each -> each.path("offset").asLong());

    private static ObjectNode record(int offset, int characters) {
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        record.put("offset", offset);
        record.putArray("headers").addObject().put("name", "h").put("value", "x".repeat(characters - 1));
        record.putNull("key");
        record.putNull("value");
        return record;
    }

    private static List<Integer> kept(NewestRecords<ObjectNode> newest) {
        return newest.newestFirst().stream()
                .map(each -> each.path("offset").asInt())
                .toList();
    }

    @Test
    void newestRecords_areKeptUpToTheLimit() {
        NewestRecords<ObjectNode> newest = new NewestRecords<>(OLDEST_FIRST, RecordText::characters, 3, 1000);
        for (int offset : List.of(5, 1, 4, 2, 3)) {
            newest.add(record(offset, 10));
        }

        assertThat(kept(newest)).containsExactly(5, 4, 3);
    }

    @Test
    void charactersOfHeadersCount_andTheNewestIsKeptAtAnyLength() {
        NewestRecords<ObjectNode> newest = new NewestRecords<>(OLDEST_FIRST, RecordText::characters, 100, 1000);
        for (int offset = 0; offset < 10; offset++) {
            newest.add(record(offset, 400));
        }
        assertThat(kept(newest)).containsExactly(9, 8);
        newest.add(record(10, 5000));
        assertThat(kept(newest)).containsExactly(10);
        newest.add(record(11, 10));
        assertThat(kept(newest)).containsExactly(11);
    }
}
