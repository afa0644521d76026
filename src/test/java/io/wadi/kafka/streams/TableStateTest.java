package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.Iterator;
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
            Iterator<KeyValue<byte[], Object>> none = Collections.emptyIterator();
            return new KeyValueIterator<>() {
                @Override
                public void close() {}

                @Override
                public byte[] peekNextKey() {
                    return none.next().key;
                }

                @Override
                public boolean hasNext() {
                    return none.hasNext();
                }

                @Override
                public KeyValue<byte[], Object> next() {
                    return none.next();
                }
            };
        }
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
