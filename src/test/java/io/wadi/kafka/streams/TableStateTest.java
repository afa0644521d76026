package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.junit.jupiter.api.Test;

class TableStateTest {
    /** A store that reports a number of keys and has none. */
    private record Store(long approximateNumEntries) implements ReadOnlyKeyValueStore<byte[], Object> {
        @Override
        public Object get(byte[] key) {
            return null;
        }

        @Override
        public KeyValueIterator<byte[], Object> range(byte[] from, byte[] to) {
            return all();
        }

        @Override
        public KeyValueIterator<byte[], Object> all() {
            return iterator(List.of());
        }
    }

    private static <K> KeyValueIterator<K, Object> iterator(List<KeyValue<K, Object>> entries) {
        Iterator<KeyValue<K, Object>> remaining = entries.iterator();
        return new KeyValueIterator<>() {
            @Override
            public void close() {}

            @Override
            public K peekNextKey() {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean hasNext() {
                return remaining.hasNext();
            }

            @Override
            public KeyValue<K, Object> next() {
                return remaining.next();
            }
        };
    }

    private static QueryableTable table(QueryableTable.Kind kind, long sizeMs) {
        return new QueryableTable(
                "name",
                "streams/name.yaml",
                kind,
                "totals",
                "store",
                Duration.ofMillis(sizeMs),
                new QueryableTable.Keys("string", String::getBytes, String::new),
                value -> JsonNodeFactory.instance.textNode((String) value));
    }

    /** Returns the windows that begin at 3, 2 and 1 ms, from a first one on, and whether there are more. */
    private static String windows(long from, int max, int maxCharacters) {
        ObjectNode found = TableState.<Long>windows(
                        table(QueryableTable.Kind.WINDOWS, 1),
                        new TableState.Range(from, Long.MAX_VALUE, max),
                        maxCharacters,
                        iterator(List.of(
                                KeyValue.pair(3L, "c".repeat(10)),
                                KeyValue.pair(2L, "b".repeat(10)),
                                KeyValue.pair(1L, "a".repeat(10)))),
                        start -> start,
                        start -> start + 1)
                .orElseThrow();
        return found.path("windows").findValuesAsText("value") + " " + found.path("more");
    }

    @Test
    void windowsBeyondALimit_areReported() {
        assertThat(windows(0, 3, 1000)).isEqualTo("[cccccccccc, bbbbbbbbbb, aaaaaaaaaa] false");
        assertThat(windows(0, 2, 1000)).isEqualTo("[cccccccccc, bbbbbbbbbb] true");
        assertThat(windows(0, 3, 20)).isEqualTo("[cccccccccc, bbbbbbbbbb] true");
        assertThat(windows(2, 2, 1000)).as("the last one is out of range").isEqualTo("[cccccccccc, bbbbbbbbbb] false");
    }

    @Test
    void slidingWindow_containsItsEnd() {
        assertThat(table(QueryableTable.Kind.SLIDING, 10).firstStart(100)).isEqualTo(90);
        assertThat(table(QueryableTable.Kind.WINDOWS, 10).firstStart(100)).isEqualTo(91);
        assertThat(table(QueryableTable.Kind.SLIDING, 10).firstStart(5)).isZero();
    }

    @Test
    void rowsOfATableWithTooManyKeys_areNotListed() {
        assertThat(TableState.entries(new Store(2_000_000))).isExhausted();
        assertThatThrownBy(() -> TableState.entries(new Store(2_000_001)))
                .isInstanceOf(TableState.TooManyKeysException.class)
                .hasMessage("has 2,000,001 keys in a partition, expected at most 2,000,000 to list rows: query a key"
                        + " with /tables/NAME/KEY");
    }
}
